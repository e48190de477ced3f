/**
 * For tests and for replaying captured conversations, never for applications: the functions below
 * the port, and a look into a session. They are no part of the package's promises.
 */

import { LEGACY, OMEMO_2, type OmemoBackend, type OmemoVersion } from "@omemo/core";
import { createBackend } from "./backend/createBackend.js";
import type { ReplayOptions } from "./backend/options.js";
import { toEdwards, toMontgomery } from "./curve/montgomery.js";
import { edwardsPublicKey, signEd25519, signXEdDsa, verifyXEdDsa } from "./curve/xeddsa.js";
import type { Primitives } from "./primitives/primitives.js";
import { type AgreementPair, keyAgreement } from "./ratchet/keyAgreement.js";
import { legacyProfile } from "./ratchet/legacyProfile.js";
import { type MessageKeys, messageKeys } from "./ratchet/messageBody.js";
import { omemo2Profile } from "./ratchet/omemo2Profile.js";
import { type RootStep, rootStep } from "./ratchet/rootStep.js";

export type { ReplayOptions } from "./backend/options.js";
export { nativePrimitives } from "./primitives/nativePrimitives.js";
export { noblePrimitives } from "./primitives/noblePrimitives.js";
export type { Primitives } from "./primitives/primitives.js";
export { type InspectedChain, type InspectedSession, inspectSession } from "./session/inspect.js";
export type { Chain } from "./session/sessionState.js";

/** A backend that writes what the libraries wrote whose conversations were captured. */
export function replayBackend(primitives: Primitives, options: ReplayOptions): OmemoBackend {
  return createBackend(primitives, options);
}

/** Everything below the port, over one choice of primitives. */
export interface CryptoFunctions extends Primitives {
  keyAgreement(version: OmemoVersion, pairs: readonly AgreementPair[]): RootStep | undefined;
  rootStep(
    version: OmemoVersion,
    rootKey: Uint8Array,
    privateKey: Uint8Array,
    publicKey: Uint8Array,
  ): RootStep | undefined;
  messageKeys(version: OmemoVersion, seed: Uint8Array): MessageKeys;
  edwardsPublicKey(privateKey: Uint8Array): Uint8Array;
  toEdwards(u: Uint8Array, signBit: number): Uint8Array | undefined;
  toMontgomery(edwards: Uint8Array): Uint8Array | undefined;
  /** `random` is the nonce Z of 64 bytes [W-10]. */
  signXEdDsa(privateKey: Uint8Array, message: Uint8Array, random: Uint8Array): Uint8Array;
  /** `random` as above; the form that OMEMO 2 wants [W-17]. */
  signEd25519(privateKey: Uint8Array, message: Uint8Array, random: Uint8Array): Uint8Array;
  verifyXEdDsa(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
}

/** The functions over given primitives. */
export function cryptoFunctions(primitives: Primitives): CryptoFunctions {
  const profiles = { [LEGACY]: legacyProfile(), [OMEMO_2]: omemo2Profile() };
  const signWith =
    (sign: typeof signXEdDsa) =>
    (privateKey: Uint8Array, message: Uint8Array, random: Uint8Array) =>
      sign(privateKey, edwardsPublicKey(privateKey), message, random);
  return {
    ...primitives,
    keyAgreement: (version, pairs) => keyAgreement(primitives, profiles[version], pairs),
    rootStep: (version, ...keys) => rootStep(primitives, profiles[version], ...keys),
    messageKeys: (version, seed) => messageKeys(primitives, profiles[version], seed),
    edwardsPublicKey,
    toEdwards,
    toMontgomery,
    signXEdDsa: signWith(signXEdDsa),
    signEd25519: signWith(signEd25519),
    verifyXEdDsa: (...given) => verifyXEdDsa(primitives, ...given),
  };
}
