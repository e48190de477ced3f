import { OmemoError } from "@omemo/core";

/** Reads what {@link ByteWriter} wrote. Stored bytes are ours: damage is an error, not a value. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#offset === this.#bytes.length;
  }

  /** A number below 2^32, as {@link ByteWriter.number} wrote it. */
  number(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes[this.#offset];
      if (byte === undefined) break;
      this.#offset += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw damagedSession();
  }

  /** A view of the next `length` bytes. */
  bytes(length: number): Uint8Array {
    const start = this.#offset;
    this.#offset += length;
    if (this.#offset > this.#bytes.length) throw damagedSession();
    return this.#bytes.subarray(start, this.#offset);
  }
}

/** What to throw when stored bytes cannot be what we wrote; says nothing about their content. */
export function damagedSession(): OmemoError {
  return new OmemoError("store-failure", "a stored session is damaged: replace the session");
}
