/** Collects numbers and byte strings of known length, one after another. */
export class ByteWriter {
  readonly #bytes: Uint8Array;
  #offset = 0;

  /** `capacity` bounds what will be written, in bytes. */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
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

  /** All that was written, in an array of its own. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#offset);
  }

  #put(byte: number): void {
    this.#bytes[this.#offset] = byte;
    this.#offset += 1;
  }
}
