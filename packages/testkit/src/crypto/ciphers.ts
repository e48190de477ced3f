import { cbc, gcm } from "@noble/ciphers/aes.js";
import type { Parameters } from "./parameters.js";

const FULL_TAG = 128;
const NO_BYTES = new Uint8Array(0);

/** AES-CBC with PKCS#7 padding, or AES-GCM with a tag of 128 bits. */
export function encryptAes(parameters: Parameters, key: Uint8Array, data: Uint8Array): Uint8Array {
  return cipher(parameters, key).encrypt(data);
}

/** @throws DOMException `OperationError` when padding or tag is wrong, and nothing more telling. */
export function decryptAes(parameters: Parameters, key: Uint8Array, data: Uint8Array): Uint8Array {
  try {
    return cipher(parameters, key).decrypt(data);
  } catch {
    throw new DOMException("the operation failed", "OperationError");
  }
}

function cipher({ name, iv = NO_BYTES, additionalData, tagLength }: Parameters, key: Uint8Array) {
  if (name === "AES-CBC") {
    if (iv.length !== 16) throw new DOMException("iv has not 16 bytes", "OperationError");
    return cbc(key, iv);
  }
  if (name !== "AES-GCM" || (tagLength ?? FULL_TAG) !== FULL_TAG) {
    throw new DOMException("AES-CBC, or AES-GCM with a tag of 128 bits", "NotSupportedError");
  }
  return gcm(key, iv, additionalData);
}
