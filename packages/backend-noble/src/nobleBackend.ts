import { type OmemoBackend, OmemoError } from "@omemo/core";
import { createBackend } from "./backend/createBackend.js";
import type { NobleBackendOptions } from "./backend/options.js";
import { noblePrimitives } from "./primitives/noblePrimitives.js";

/**
 * X3DH and Double Ratchet of both OMEMO versions on `@noble/*`.
 *
 * @throws OmemoError `invalid-input` when `primitives: "native"` is asked for and there are none.
 */
export function nobleBackend(options: NobleBackendOptions = {}): OmemoBackend {
  if (options.primitives === "native") {
    throw new OmemoError("invalid-input", "no native primitives here: leave `primitives` out");
  }
  return createBackend(noblePrimitives(), options);
}
