import { backendContract } from "@omemo/testkit";
import { describe, it } from "vitest";
import { nobleBackend } from "../src/index.node.js";
import { KINDS } from "./support/backends.js";

describe.each(KINDS)("nobleBackend on %s primitives", (primitives) => {
  backendContract({ describe, it }, () => nobleBackend({ primitives }));
});
