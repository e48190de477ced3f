/** First byte of every serialized key of the legacy version [W-02]. */
const TYPE_BYTE = 0x05;

/** 33 bytes: the type byte and the 32 bytes of the u-coordinate [W-02]. */
export function serializeKey(key: Uint8Array): Uint8Array<ArrayBuffer> {
  const serialized = new Uint8Array(33);
  serialized[0] = TYPE_BYTE;
  serialized.set(key, 1);
  return serialized;
}

/** The 32 bytes behind the type byte; anything but 33 bytes of type 5 is no key [W-04 to W-06]. */
export function deserializeKey(serialized: Uint8Array): Uint8Array | undefined {
  return serialized.length === 33 && serialized[0] === TYPE_BYTE
    ? serialized.subarray(1)
    : undefined;
}
