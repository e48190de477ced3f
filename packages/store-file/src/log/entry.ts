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
  return sealEntry(draftEntry(operations), sequence);
}

/** Bytes of an entry with these operations. */
export function entryLength(operations: readonly Operation[]): number {
  let length = HEADER_LENGTH + TRAILER_LENGTH;
  for (const operation of operations) length += operationLength(operation);
  return length;
}

/** Where the first operation of an entry lies. */
export const BODY_OFFSET: number = HEADER_LENGTH;

/** An entry without sequence number and checksums, in memory of its own. */
export function draftEntry(operations: readonly Operation[]): Buffer {
  const bytes = Buffer.allocUnsafeSlow(entryLength(operations));
  let offset = BODY_OFFSET;
  for (const operation of operations) offset = writeOperation(operation, bytes, offset);
  return bytes;
}

/** Completes a draft, in place. */
export function sealEntry(draft: Buffer, sequence: number): Buffer {
  const bodyEnd = draft.length - TRAILER_LENGTH;
  draft.writeUInt32BE(bodyEnd - HEADER_LENGTH, 0);
  draft.writeUIntBE(sequence, 4, 6);
  headerChecksum(draft).copy(draft, HEADER_CHECKED_LENGTH);
  trailer(draft.subarray(0, bodyEnd)).copy(draft, bodyEnd);
  return draft;
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
