import type { FieldValues } from "./readFields.js";

/**
 * A protobuf message with the fields in ascending order [W-55, O2-71]; `undefined` is left out and
 * 0 is written [O2-68]. `before` and `after` are bytes of room around it, for framing.
 */
export function writeFields(fields: FieldValues, before = 0, after = 0): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(before + lengthOf(fields) + after);
  let offset = before;
  for (let number = 1; number < fields.length; number += 1) {
    const value = fields[number];
    if (value === undefined) continue;
    if (typeof value === "number") {
      message[offset] = number << 3;
      offset = writeNumber(message, offset + 1, value);
    } else {
      message[offset] = (number << 3) | 2;
      offset = writeNumber(message, offset + 1, value.length);
      message.set(value, offset);
      offset += value.length;
    }
  }
  return message;
}

function lengthOf(fields: FieldValues): number {
  let length = 0;
  for (let number = 1; number < fields.length; number += 1) {
    const value = fields[number];
    if (value === undefined) continue;
    if (typeof value === "number") length += 1 + lengthOfNumber(value);
    else length += 1 + lengthOfNumber(value.length) + value.length;
  }
  return length;
}

function lengthOfNumber(value: number): number {
  let length = 1;
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) length += 1;
  return length;
}

/** Answers the offset behind it. */
function writeNumber(message: Uint8Array, offset: number, value: number): number {
  let rest = value >>> 0;
  let end = offset;
  while (rest > 0x7f) {
    message[end] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
    end += 1;
  }
  message[end] = rest;
  return end + 1;
}
