import { isBuiltin } from "node:module";
import { describe, it } from "vitest";
import { everyTest } from "./suites/index.js";

if (isBuiltin("node:sqlite")) {
  const { nodeSqlite } = await import("./databases/nodeSqlite.js");
  describe(nodeSqlite.name, () => everyTest(nodeSqlite));
} else {
  console.error("\n!!! store-sql is NOT tested on node:sqlite: Node has it from 22.16 on\n");
  it.skip("holds on node:sqlite, which this Node does not have");
}
