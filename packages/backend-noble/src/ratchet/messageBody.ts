import { equalBytes } from "@omemo/core";
import type { Primitives } from "../primitives/primitives.js";
import type { Profile, RatchetMessage, ReceivedMessage } from "./profile.js";

/** What one seed becomes [W-42]. */
export interface MessageKeys {
  readonly cipherKey: Uint8Array;
  readonly macKey: Uint8Array;
  readonly iv: Uint8Array;
}

/** Encrypts, frames and authenticates; `seed` must never be used again [O2-56, W-43, W-63]. */
export function sealBody(
  primitives: Primitives,
  profile: Profile,
  seed: Uint8Array,
  associatedData: Uint8Array,
  header: Omit<RatchetMessage, "ciphertext">,
  plaintext: Uint8Array,
): Uint8Array {
  const { cipherKey, macKey, iv } = messageKeys(primitives, profile, seed);
  const ciphertext = primitives.encryptCbc(cipherKey, iv, plaintext);
  const framed = profile.frameMessage({ ...header, ciphertext });
  const mac = primitives.hmac(macKey, associatedData, framed).subarray(0, profile.macLength);
  return profile.sealMessage(framed, mac);
}

/** The plaintext; `undefined` when MAC or padding is wrong. The MAC comes first [O2-57, W-64]. */
export function openBody(
  primitives: Primitives,
  profile: Profile,
  seed: Uint8Array,
  associatedData: Uint8Array,
  message: ReceivedMessage,
): Uint8Array | undefined {
  const { cipherKey, macKey, iv } = messageKeys(primitives, profile, seed);
  const mac = primitives.hmac(macKey, associatedData, message.authenticated);
  if (!equalBytes(mac.subarray(0, profile.macLength), message.mac)) return undefined;
  return primitives.decryptCbc(cipherKey, iv, message.ciphertext);
}

/** 80 bytes of the seed: 32 for the cipher, 32 for the MAC, 16 for the IV [W-42]. */
export function messageKeys(
  primitives: Primitives,
  profile: Profile,
  seed: Uint8Array,
): MessageKeys {
  const derived = primitives.hkdf(seed, undefined, profile.infos.messageKeys, 80);
  return {
    cipherKey: derived.subarray(0, 32),
    macKey: derived.subarray(32, 64),
    iv: derived.subarray(64),
  };
}
