import type { OmemoBackend } from "@omemo/core";
import type { NobleBackendOptions } from "../../src/index.js";
import { nobleBackend } from "../../src/index.node.js";

/** Both kinds of primitives: every test of the port runs on each. */
export const KINDS: readonly ("noble" | "native")[] = ["noble", "native"];

/** A backend that never waits, unless the test looks at its pauses. */
export function backendOf(
  primitives: "noble" | "native",
  options: NobleBackendOptions = {},
): OmemoBackend {
  return nobleBackend({ pause: async () => {}, ...options, primitives });
}
