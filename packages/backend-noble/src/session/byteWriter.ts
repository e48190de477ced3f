/** Collects numbers and byte strings of known length, one after another. */
export class ByteWriter {
  readonly #bytes: Uint8Array;
  #offset = 0;

  /** `length` is that of all that will be written, in bytes. */
  constructor(length: number) {
    this.#bytes = new Uint8Array(length);
  }

  /** A number below 2^32, in one to five bytes. */
  number(value: number): void {
    let rest = value >>> 0;
    for (; rest > 0x7f; rest >>>= 7) this.#put((rest & 0x7f) | 0x80);
    this.#put(rest);
  }

  /** The bytes alone: their length must be known to the reader. */
  bytes(value: Uint8Array): void {
    this.#bytes.set(value, this.#offset);
    this.#offset += value.length;
  }

  /** All that was written. */
  finish(): Uint8Array {
    return this.#bytes;
  }

  #put(byte: number): void {
    this.#bytes[this.#offset] = byte;
    this.#offset += 1;
  }
}

/** How many bytes {@link ByteWriter.number} writes for it. */
export function lengthOfNumber(value: number): number {
  let length = 1;
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) length += 1;
  return length;
}
