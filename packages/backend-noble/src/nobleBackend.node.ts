import { type OmemoBackend, OmemoError } from "@omemo/core";
import { createBackend } from "./backend/createBackend.js";
import type { NobleBackendOptions } from "./backend/options.js";
import { hasNativePrimitives } from "./primitives/hasNativePrimitives.js";
import { nativePrimitives } from "./primitives/nativePrimitives.js";
import { noblePrimitives } from "./primitives/noblePrimitives.js";
import type { Primitives } from "./primitives/primitives.js";

/**
 * X3DH and Double Ratchet of both OMEMO versions on `@noble/*`, with the hashes and curves of
 * `node:crypto` where they work.
 *
 * @throws OmemoError `invalid-input` when `primitives: "native"` is asked for and there are none.
 */
export function nobleBackend(options: NobleBackendOptions = {}): OmemoBackend {
  return createBackend(choosePrimitives(options.primitives), options);
}

function choosePrimitives(choice: NobleBackendOptions["primitives"] = "auto"): Primitives {
  if (choice === "noble") return noblePrimitives();
  if (hasNativePrimitives()) return nativePrimitives();
  if (choice === "auto") return noblePrimitives();
  throw new OmemoError("invalid-input", "no native primitives here: leave `primitives` out");
}
