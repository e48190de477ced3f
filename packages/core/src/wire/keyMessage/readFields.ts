/** By field number: what a field that we know must hold; `undefined` for those that we skip. */
export type FieldTypes = readonly ("uint32" | "bytes" | undefined)[];
/** By field number; `undefined` where the field is missing. Bytes are views, not copies. */
export type FieldValues = readonly (number | Uint8Array | undefined)[];

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

/** A varint of a 64-bit number takes at most this many bytes, of a 32-bit number half of them. */
const LONG_VARINT = 10;
const SHORT_VARINT = 5;

/**
 * The fields of a protobuf message: they come in any order, the last occurrence wins, unknown ones are skipped.
 * `undefined` for field number 0, a known field of another wire type, groups and overruns
 * [O2-70, W-55].
 *
 * @param longNumbers numbers above 32 bits are cut to their low 32 bits instead of refused [W-55].
 */
export function readFields(
  bytes: Uint8Array,
  types: FieldTypes,
  longNumbers = false,
): FieldValues | undefined {
  const reader = new Reader(bytes);
  const values: (number | Uint8Array | undefined)[] = types.map(() => undefined);
  while (!reader.isAtEnd()) {
    const tag = reader.readNumber(false);
    if (tag === undefined || tag >>> 3 === 0) return undefined;
    const type = types[tag >>> 3];
    if (type === undefined) {
      if (!reader.skip(tag & 7)) return undefined;
      continue;
    }
    if ((tag & 7) !== (type === "uint32" ? VARINT : LENGTH_DELIMITED)) return undefined;
    const value = type === "uint32" ? reader.readNumber(longNumbers) : reader.readBytes();
    if (value === undefined) return undefined;
    values[tag >>> 3] = value;
  }
  return values;
}

class Reader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  isAtEnd(): boolean {
    return this.#offset === this.#bytes.length;
  }

  /** Padding bytes are fine; bits above the 32nd only where `isLong` says that they are cut off. */
  readNumber(isLong: boolean): number | undefined {
    let value = 0;
    const limit = isLong ? LONG_VARINT : SHORT_VARINT;
    for (let index = 0; index < limit; index += 1) {
      const byte = this.#bytes[this.#offset];
      if (byte === undefined) return undefined;
      this.#offset += 1;
      if (index < SHORT_VARINT) value |= (byte & 0x7f) << (7 * index);
      if (index === SHORT_VARINT - 1 && !isLong && byte > 0x0f) return undefined;
      if (byte < 0x80) return value >>> 0;
    }
    return undefined;
  }

  readBytes(): Uint8Array | undefined {
    const length = this.readNumber(false);
    const start = this.#offset;
    if (length === undefined || !this.#advance(length)) return undefined;
    return this.#bytes.subarray(start, this.#offset);
  }

  /** Whether a field of that wire type could be passed over. */
  skip(wireType: number): boolean {
    if (wireType === VARINT) return this.readNumber(true) !== undefined;
    if (wireType === FIXED_64) return this.#advance(8);
    if (wireType === FIXED_32) return this.#advance(4);
    return wireType === LENGTH_DELIMITED && this.readBytes() !== undefined;
  }

  #advance(length: number): boolean {
    if (length > this.#bytes.length - this.#offset) return false;
    this.#offset += length;
    return true;
  }
}
