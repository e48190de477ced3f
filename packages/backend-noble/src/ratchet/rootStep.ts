import type { Primitives } from "../primitives/primitives.js";
import type { Profile } from "./profile.js";

/** A root key and the key of the chain that came with it, 32 bytes each. */
export interface RootStep {
  readonly rootKey: Uint8Array;
  readonly chainKey: Uint8Array;
}

/** KDF_RK over the agreement of both keys; `undefined` when that is all zero [W-40, O2-54]. */
export function rootStep(
  primitives: Primitives,
  profile: Profile,
  rootKey: Uint8Array,
  privateKey: Uint8Array,
  publicKey: Uint8Array,
): RootStep | undefined {
  const shared = primitives.agree(privateKey, publicKey);
  if (shared === undefined) return undefined;
  const derived = primitives.hkdf(shared, rootKey, profile.infos.rootStep, 64);
  return { rootKey: derived.subarray(0, 32), chainKey: derived.subarray(32) };
}
