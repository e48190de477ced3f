import { checksum } from "./checksum.js";
import { type Operation, operationLength, readOperations, writeOperation } from "./operation.js";
import { isZeroFilledTail } from "./zeroFilledTail.js";

/** One batch in the log: the unit that is there whole or not at all. */
export interface Entry {
  readonly sequence: number;
  readonly operations: readonly Operation[];
}

export type EntryReading =
  | { readonly kind: "entry"; readonly entry: Entry; readonly end: number }
  /** An append that did not finish; nobody was told that it had. */
  | { readonly kind: "torn" }
  | { readonly kind: "damaged"; readonly reason: string };

/** Length of the body, sequence number, checksum of both: so a wrong length is never a short file. */
const HEADER_LENGTH = 16;
const HEADER_CHECKED_LENGTH = 10;
const TRAILER_LENGTH = 16;
/** Last byte of every entry: not zero, so zeros at the end of a file are never a whole entry. */
const END_MARK = 0x0a;

export function encodeEntry({ sequence, operations }: Entry): Buffer {
  const bodyLength = operations.reduce((sum, operation) => sum + operationLength(operation), 0);
  const bytes = Buffer.allocUnsafe(HEADER_LENGTH + bodyLength + TRAILER_LENGTH);
  bytes.writeUInt32BE(bodyLength, 0);
  bytes.writeUIntBE(sequence, 4, 6);
  headerChecksum(bytes).copy(bytes, HEADER_CHECKED_LENGTH);
  let offset = HEADER_LENGTH;
  for (const operation of operations) offset = writeOperation(operation, bytes, offset);
  trailer(bytes.subarray(0, offset)).copy(bytes, offset);
  return bytes;
}

/** The entry at `offset`, which must be before the end of the file. */
export function readEntry(file: Buffer, offset: number): EntryReading {
  const bytes = file.subarray(offset);
  if (bytes.length < HEADER_LENGTH) return { kind: "torn" };
  if (!headerChecksum(bytes).equals(bytes.subarray(HEADER_CHECKED_LENGTH, HEADER_LENGTH))) {
    return tornOrDamaged(file, offset, HEADER_LENGTH, "the checksum of an entry's header is wrong");
  }
  const bodyEnd = HEADER_LENGTH + bytes.readUInt32BE(0);
  const length = bodyEnd + TRAILER_LENGTH;
  if (bytes.length < length) return { kind: "torn" };
  if (!trailer(bytes.subarray(0, bodyEnd)).equals(bytes.subarray(bodyEnd, length))) {
    return tornOrDamaged(file, offset, length, "the checksum of an entry is wrong");
  }
  const operations = readOperations(bytes.subarray(HEADER_LENGTH, bodyEnd));
  if (operations === undefined) return { kind: "damaged", reason: "an entry makes no sense" };
  const entry = { sequence: bytes.readUIntBE(4, 6), operations };
  return { kind: "entry", entry, end: offset + length };
}

function tornOrDamaged(file: Buffer, start: number, length: number, reason: string): EntryReading {
  return isZeroFilledTail(file, start, length) ? { kind: "torn" } : { kind: "damaged", reason };
}

function headerChecksum(bytes: Buffer): Buffer {
  const checked = bytes.subarray(0, HEADER_CHECKED_LENGTH);
  return checksum(checked).subarray(0, HEADER_LENGTH - HEADER_CHECKED_LENGTH);
}

function trailer(checked: Buffer): Buffer {
  const bytes = checksum(checked).subarray(0, TRAILER_LENGTH);
  bytes[TRAILER_LENGTH - 1] = END_MARK;
  return bytes;
}
