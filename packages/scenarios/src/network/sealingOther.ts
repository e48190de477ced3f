import { fromUtf8, toUtf8, type WebCrypto } from "@omemo/core";

/** A platform that encrypts something else than it is given. */
export function sealingOther(
  { getRandomValues, subtle }: WebCrypto,
  seals: (plaintext: string) => string,
): WebCrypto {
  return {
    getRandomValues,
    subtle: {
      importKey: subtle.importKey,
      decrypt: subtle.decrypt,
      sign: subtle.sign,
      deriveBits: subtle.deriveBits,
      digest: subtle.digest,
      encrypt: (algorithm, key, data) => {
        const text = fromUtf8(data as Uint8Array);
        return subtle.encrypt(algorithm, key, text === undefined ? data : toUtf8(seals(text)));
      },
    },
  };
}
