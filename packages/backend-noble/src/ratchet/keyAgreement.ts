import { concatBytes } from "@omemo/core";
import type { Primitives } from "../primitives/primitives.js";
import type { Profile } from "./profile.js";
import type { RootStep } from "./rootStep.js";

/** The private key of ours and the public one of the peer that enter one agreement. */
export type AgreementPair = readonly [privateKey: Uint8Array, publicKey: Uint8Array];

const PREFIX: Uint8Array = new Uint8Array(32).fill(0xff);

/**
 * X3DH: three or four agreements become the first root key and, in the legacy version, the first
 * chain key. `undefined` when one of them is all zero [O2-41, W-31, W-32].
 */
export function keyAgreement(
  primitives: Primitives,
  profile: Profile,
  pairs: readonly AgreementPair[],
): RootStep | undefined {
  const secrets: Uint8Array[] = [PREFIX];
  for (const [privateKey, publicKey] of pairs) {
    const shared = primitives.agree(privateKey, publicKey);
    if (shared === undefined) return undefined;
    secrets.push(shared);
  }
  const secret = concatBytes(...secrets);
  const derived = primitives.hkdf(secret, undefined, profile.infos.keyExchange, 64);
  return { rootKey: derived.subarray(0, 32), chainKey: derived.subarray(32) };
}
