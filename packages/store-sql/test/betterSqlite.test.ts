import { describe } from "vitest";
import { betterSqlite } from "./databases/betterSqlite.js";
import { everyTest } from "./suites/index.js";

describe(betterSqlite.name, () => everyTest(betterSqlite));
