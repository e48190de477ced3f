import { describe } from "vitest";
import { pglite } from "./databases/pglite.js";
import { everyTest } from "./suites/index.js";

const kind = pglite();
describe(kind.name, () => everyTest(kind));
