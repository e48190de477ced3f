import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { equalBytes, type WebCrypto } from "@omemo/core";
import { decryptAes, encryptAes } from "./ciphers.js";
import { copyBytes, hashNamed, readParameters } from "./parameters.js";
import { bytesOfKey, importRawKey, type RawKeys } from "./rawKeys.js";

/** The port, and `verify`, which applications of their own may want. */
export type SyncWebCrypto = Pick<WebCrypto, "getRandomValues"> & {
  readonly subtle: WebCrypto["subtle"] & Pick<SubtleCrypto, "verify">;
};

/**
 * WebCrypto without threads: HKDF, HMAC, AES-CBC, AES-GCM and the SHA digests on synchronous
 * primitives, answered by promises that are already settled, so that payload encryption adds
 * nothing to a run that its seed does not decide. Results and errors are those of the platform;
 * keys are `raw` only. `random` gives as many bytes as it is asked for.
 */
export function syncWebCrypto(random: (length: number) => Uint8Array): SyncWebCrypto {
  const keys: RawKeys = new WeakMap();
  const mac = (key: CryptoKey, usage: "sign" | "verify", data: BufferSource): Uint8Array => {
    const bytes = bytesOfKey(keys, key, "HMAC", usage);
    return hmac(hashNamed(readParameters(key.algorithm).hash), bytes, copyBytes(data));
  };
  return {
    getRandomValues: (target) => {
      target.set(random(target.length));
      return target;
    },
    subtle: {
      importKey: async (
        format: string,
        data: BufferSource | JsonWebKey,
        algorithm: AlgorithmIdentifier,
        extractable: boolean,
        usages: Iterable<KeyUsage>,
      ) => {
        const bytes = copyBytes(data as BufferSource);
        return importRawKey(keys, format, bytes, readParameters(algorithm), extractable, [
          ...usages,
        ]);
      },
      digest: async (algorithm, data) =>
        exactBuffer(hashNamed(readParameters(algorithm).name)(copyBytes(data))),
      encrypt: async (algorithm, key, data) => {
        const parameters = readParameters(algorithm);
        const bytes = bytesOfKey(keys, key, parameters.name, "encrypt");
        return exactBuffer(encryptAes(parameters, bytes, copyBytes(data)));
      },
      decrypt: async (algorithm, key, data) => {
        const parameters = readParameters(algorithm);
        const bytes = bytesOfKey(keys, key, parameters.name, "decrypt");
        return exactBuffer(decryptAes(parameters, bytes, copyBytes(data)));
      },
      sign: async (_algorithm, key, data) => exactBuffer(mac(key, "sign", data)),
      verify: async (_algorithm, key, signature, data) =>
        equalBytes(mac(key, "verify", data), copyBytes(signature)),
      deriveBits: async (algorithm, key, bits) => {
        const { name, hash, salt, info } = readParameters(algorithm);
        const bytes = bytesOfKey(keys, key, name, "deriveBits");
        return exactBuffer(hkdf(hashNamed(hash), bytes, salt, info, Number(bits) / 8));
      },
    },
  };
}

/** A buffer that holds these bytes and nothing else. */
function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  return copyBytes(bytes as Uint8Array<ArrayBuffer>).buffer;
}
