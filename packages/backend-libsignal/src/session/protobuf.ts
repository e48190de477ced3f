import { concatBytes } from "@omemo/core";

/** A field as stored: numbers as they are, everything else as bytes; both are all that occurs. */
export interface Field {
  readonly number: number;
  readonly value: number | Uint8Array;
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** All fields in order; `undefined` for anything that the library does not write. */
export function readFields(bytes: Uint8Array): readonly Field[] | undefined {
  const fields: Field[] = [];
  let offset = 0;
  const readNumber = (): number | undefined => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[offset];
      if (byte === undefined) return undefined;
      offset += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return undefined;
  };
  while (offset < bytes.length) {
    const tag = readNumber();
    const value = readNumber();
    if (tag === undefined || value === undefined || tag < 8) return undefined;
    const number = Math.floor(tag / 8);
    const type = tag % 8;
    if (type === VARINT) fields.push({ number, value });
    else if (type === LENGTH_DELIMITED && value <= bytes.length - offset) {
      fields.push({ number, value: bytes.subarray(offset, offset + value) });
      offset += value;
    } else return undefined;
  }
  return fields;
}

/** The fields one after another. */
export function writeFields(fields: readonly Field[]): Uint8Array {
  return concatBytes(
    ...fields.flatMap(({ number, value }) =>
      typeof value === "number"
        ? [writeNumber(number * 8 + VARINT), writeNumber(value)]
        : [writeNumber(number * 8 + LENGTH_DELIMITED), writeNumber(value.length), value],
    ),
  );
}

function writeNumber(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return Uint8Array.from([...bytes, rest]);
}

/** The last value of a field of bytes. */
export function bytesOf(
  fields: readonly Field[] | undefined,
  number: number,
): Uint8Array | undefined {
  const value = fields?.filter((field) => field.number === number).at(-1)?.value;
  return typeof value === "number" ? undefined : value;
}

/** The last value of a number, which is 0 when it is not written. */
export function numberOf(fields: readonly Field[], number: number): number {
  const value = fields.filter((field) => field.number === number).at(-1)?.value;
  return typeof value === "number" ? value : 0;
}
