import { commitFunctions } from "./commitFunctions.js";
import { firstSchema } from "./firstSchema.js";
import type { Migration } from "./migration.js";

/** In order; the number of a schema is the number of steps that made it. Never change an old one. */
export const MIGRATIONS: readonly Migration[] = [firstSchema, commitFunctions];
