/** The bytes behind the opaque keys that one `syncWebCrypto` handed out. */
export type RawKeys = WeakMap<CryptoKey, Uint8Array>;

/** A key as the platform would describe it, without its bytes. */
export function importRawKey(
  keys: RawKeys,
  format: string,
  bytes: Uint8Array,
  algorithm: Readonly<{ name: string; hash?: string }>,
  extractable: boolean,
  usages: readonly KeyUsage[],
): CryptoKey {
  if (format !== "raw") throw new DOMException("raw keys only", "NotSupportedError");
  if (usages.length === 0) throw new DOMException("a key without use", "SyntaxError");
  const description = algorithm.hash === undefined ? {} : { hash: { name: algorithm.hash } };
  const key: CryptoKey = Object.freeze({
    type: "secret",
    algorithm: Object.freeze({ name: algorithm.name, ...description }),
    extractable,
    usages: [...usages],
  });
  keys.set(key, bytes);
  return key;
}

/** The bytes of a key that was imported here, for this algorithm and this use. */
export function bytesOfKey(
  keys: RawKeys,
  key: CryptoKey,
  algorithm: string,
  usage: KeyUsage,
): Uint8Array {
  const bytes = keys.get(key);
  if (bytes === undefined || key.algorithm.name !== algorithm || !key.usages.includes(usage)) {
    throw new DOMException(`not a key for ${usage} with ${algorithm}`, "InvalidAccessError");
  }
  return bytes;
}
