import type { ChosenBundle } from "../ports/backend.js";
import type { Bundle } from "../wire/bundle.js";

/**
 * One prekey of the bundle by chance [O2-48, L-22]; id 0 only when there is no other, because some
 * senders lose it on the way [Q-08, W-24]. `undefined` when the bundle offers none [O2-44, W-25].
 */
export function choosePreKey(bundle: Bundle, random: Uint8Array): ChosenBundle | undefined {
  const named = bundle.preKeys.filter((preKey) => preKey.id !== 0);
  const choice = named.length > 0 ? named : bundle.preKeys;
  const preKey = choice[randomIndex(random, choice.length)];
  if (preKey === undefined) return undefined;
  const { identityKey, signedPreKeyId, signedPreKey, signedPreKeySignature } = bundle;
  return {
    identityKey,
    signedPreKeyId,
    signedPreKey,
    signedPreKeySignature,
    preKeyId: preKey.id,
    preKey: preKey.key,
  };
}

/** Bytes of randomness that {@link randomIndex} wants. */
export const RANDOM_INDEX_BYTES = 6;

/** 48 random bits over a few hundred choices: the bias is below 2^-39. */
export function randomIndex(random: Uint8Array, length: number): number {
  const number = random
    .subarray(0, RANDOM_INDEX_BYTES)
    .reduce((value, byte) => value * 256 + byte, 0);
  return length === 0 ? 0 : number % length;
}
