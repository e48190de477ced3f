import { describe } from "vitest";
import { nodeSqlite } from "./databases/nodeSqlite.js";
import { everyTest } from "./suites/index.js";

describe(nodeSqlite.name, () => everyTest(nodeSqlite));
