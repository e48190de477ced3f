import { concatBytes } from "@omemo/core";

/** One field of a protobuf message: a number for a varint, bytes for everything with a length. */
export interface ProtobufField {
  readonly number: number;
  readonly value: number | Uint8Array;
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/**
 * The fields of a message, in order; `undefined` when it is none. Written apart from the readers
 * that the library uses, so that a mistake there is not made here again.
 */
export function readProtobuf(bytes: Uint8Array): readonly ProtobufField[] | undefined {
  const fields: ProtobufField[] = [];
  let offset = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; offset < bytes.length && shift < 35; shift += 7) {
      const byte = bytes[offset] as number;
      offset += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  while (offset < bytes.length) {
    const tag = varint();
    const value = varint();
    if (Number.isNaN(tag) || Number.isNaN(value)) return undefined;
    const number = Math.floor(tag / 8);
    if (tag % 8 === VARINT) fields.push({ number, value });
    else if (tag % 8 === LENGTH_DELIMITED && offset + value <= bytes.length) {
      fields.push({ number, value: bytes.slice(offset, offset + value) });
      offset += value;
    } else return undefined;
  }
  return fields;
}

/** The message of these fields. */
export function writeProtobuf(fields: readonly ProtobufField[]): Uint8Array {
  return concatBytes(
    ...fields.flatMap(({ number, value }) =>
      typeof value === "number"
        ? [varint(number * 8 + VARINT), varint(value)]
        : [varint(number * 8 + LENGTH_DELIMITED), varint(value.length), value],
    ),
  );
}

/** The same fields, with another value for one of them. */
export function withField(
  fields: readonly ProtobufField[],
  number: number,
  value: number | Uint8Array,
): readonly ProtobufField[] {
  return fields.map((field) => (field.number === number ? { number, value } : field));
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 0x80);
  return Uint8Array.from([...bytes, rest]);
}
