import { concatBytes, equalBytes, toUtf8 } from "../domain/bytes.js";
import type { WebCrypto } from "../ports/surroundings.js";

const KEY_LENGTH = 32;
const MAC_LENGTH = 16;
const HMAC = { name: "HMAC", hash: "SHA-256" };

/** HMAC key and AES key of one payload, and its initialisation vector. [O2-74] */
interface PayloadKeys {
  readonly encryption: CryptoKey;
  readonly authentication: CryptoKey;
  readonly iv: Uint8Array<ArrayBuffer>;
}

/** AES-256-CBC under a fresh key, then HMAC-SHA-256 over the ciphertext. [O2-73 … O2-76] */
export async function sealOmemo2(
  crypto: WebCrypto,
  plaintext: Uint8Array<ArrayBuffer>,
): Promise<{ readonly keyMaterial: Uint8Array; readonly payload: Uint8Array }> {
  const key = crypto.getRandomValues(new Uint8Array(KEY_LENGTH));
  const keys = await deriveKeys(crypto, key);
  const cipher = { name: "AES-CBC", iv: keys.iv };
  const sealed = await crypto.subtle.encrypt(cipher, keys.encryption, plaintext);
  const payload = new Uint8Array(sealed);
  const mac = await authenticate(crypto, keys, payload);
  return { keyMaterial: concatBytes(key, mac), payload };
}

/** The authentication code is checked before anything is decrypted. [O2-77] */
export async function openOmemo2(
  crypto: WebCrypto,
  keyMaterial: Uint8Array<ArrayBuffer>,
  payload: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer> | "malformed" | "payload-refused"> {
  if (keyMaterial.length !== KEY_LENGTH + MAC_LENGTH) return "malformed";
  const keys = await deriveKeys(crypto, keyMaterial.slice(0, KEY_LENGTH));
  const mac = await authenticate(crypto, keys, payload);
  if (!equalBytes(mac, keyMaterial.subarray(KEY_LENGTH))) return "payload-refused";
  try {
    const cipher = { name: "AES-CBC", iv: keys.iv };
    return new Uint8Array(await crypto.subtle.decrypt(cipher, keys.encryption, payload));
  } catch {
    // Wrong padding under a right code: only the sender could have made it so.
    return "payload-refused";
  }
}

async function deriveKeys(crypto: WebCrypto, key: Uint8Array<ArrayBuffer>): Promise<PayloadKeys> {
  const { subtle } = crypto;
  const input = await subtle.importKey("raw", key, "HKDF", false, ["deriveBits"]);
  const parameters = {
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(32),
    info: toUtf8("OMEMO Payload"),
  };
  const derived = new Uint8Array(await subtle.deriveBits(parameters, input, 8 * 80));
  const [encryption, authentication] = await Promise.all([
    subtle.importKey("raw", derived.subarray(0, 32), "AES-CBC", false, ["encrypt", "decrypt"]),
    subtle.importKey("raw", derived.subarray(32, 64), HMAC, false, ["sign"]),
  ]);
  const iv = derived.slice(64);
  derived.fill(0);
  return { encryption, authentication, iv };
}

async function authenticate(
  crypto: WebCrypto,
  keys: PayloadKeys,
  payload: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array> {
  const mac = await crypto.subtle.sign("HMAC", keys.authentication, payload);
  return new Uint8Array(mac).subarray(0, MAC_LENGTH);
}
