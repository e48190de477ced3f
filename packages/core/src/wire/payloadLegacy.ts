import { concatBytes } from "../domain/bytes.js";
import type { WebCrypto } from "../ports/surroundings.js";

const KEY_LENGTH = 16;
const TAG_LENGTH = 16;
const IV_LENGTH = 12;
const READABLE_IV_LENGTHS: readonly number[] = [12, 16];

/** AES-128-GCM with fresh key and vector; the tag goes to the key. [L-35 … L-37] */
export async function sealLegacy(
  crypto: WebCrypto,
  plaintext: Uint8Array<ArrayBuffer>,
): Promise<{
  readonly keyMaterial: Uint8Array;
  readonly payload: Uint8Array;
  readonly iv: Uint8Array;
}> {
  const { key, iv } = freshKey(crypto);
  const imported = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  const cipher = { name: "AES-GCM", iv, tagLength: 8 * TAG_LENGTH };
  const sealed = new Uint8Array(await crypto.subtle.encrypt(cipher, imported, plaintext));
  const tagAt = sealed.length - TAG_LENGTH;
  const keyMaterial = concatBytes(key, sealed.subarray(tagAt));
  return { keyMaterial, payload: sealed.slice(0, tagAt), iv };
}

/** Key and vector, both random. [L-35, L-49] */
export function freshKey(crypto: WebCrypto): {
  readonly key: Uint8Array<ArrayBuffer>;
  readonly iv: Uint8Array<ArrayBuffer>;
} {
  return {
    key: crypto.getRandomValues(new Uint8Array(KEY_LENGTH)),
    iv: crypto.getRandomValues(new Uint8Array(IV_LENGTH)),
  };
}

/** Key material of 16 bytes means that the tag is at the end of the payload. [L-58 … L-61] */
export async function openLegacy(
  crypto: WebCrypto,
  keyMaterial: Uint8Array<ArrayBuffer>,
  payload: Uint8Array<ArrayBuffer>,
  iv: Uint8Array<ArrayBuffer> | undefined,
  acceptOutdated: boolean,
): Promise<Uint8Array<ArrayBuffer> | "malformed" | "payload-refused" | "outdated-sender"> {
  const tag = keyMaterial.subarray(KEY_LENGTH);
  const isOutdated = keyMaterial.length === KEY_LENGTH;
  if (keyMaterial.length < KEY_LENGTH || !(isOutdated || tag.length === TAG_LENGTH))
    return "malformed";
  if (iv === undefined || !READABLE_IV_LENGTHS.includes(iv.length)) return "malformed";
  if (isOutdated && !acceptOutdated) return "outdated-sender";
  const key = keyMaterial.slice(0, KEY_LENGTH);
  const imported = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
  try {
    const cipher = { name: "AES-GCM", iv, tagLength: 8 * TAG_LENGTH };
    const sealed = concatBytes(payload, tag);
    return new Uint8Array(await crypto.subtle.decrypt(cipher, imported, sealed));
  } catch {
    return "payload-refused";
  }
}
