import { nobleBackend } from "@omemo/backend-noble";
import type { OmemoBackend } from "@omemo/core";
import { countingBackend, type MessageKeys } from "@omemo/testkit";

/** `counting` computes no curves; the others are `backend-noble` on either kind of primitives. */
export type BackendName = "counting" | "native" | "noble";

export const BACKEND_NAMES: readonly BackendName[] = ["counting", "native", "noble"];

/** A backend for one process; only the counting one tells `keys` of what it does. */
export function makeBackend(
  name: BackendName,
  keys: MessageKeys,
  randomBytes: (length: number) => Uint8Array<ArrayBuffer>,
): OmemoBackend {
  return name === "counting"
    ? countingBackend({ keys, randomBytes })
    : nobleBackend({ randomBytes, primitives: name });
}
