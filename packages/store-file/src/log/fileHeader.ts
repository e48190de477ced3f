import { checksum } from "./checksum.js";

/** What the first bytes of a log say about the rest. */
export interface FileHeader {
  readonly format: number;
  /** Number of the last batch before this file was written; its first entry has the next one. */
  readonly baseSequence: number;
  /** Bytes that were on the medium before the file got its name: less than that is damage. */
  readonly baseLength: number;
}

export type FileHeaderReading =
  | { readonly kind: "header"; readonly header: FileHeader }
  | { readonly kind: "damaged"; readonly reason: string };

/** Bytes of the file before its first entry. */
export const FILE_HEADER_LENGTH = 32;
/** The format that this code writes, and the highest that it reads. */
export const FORMAT = 1;

// As in PNG: the first byte is no ASCII, and a transfer in text mode changes the line ends.
const MAGIC = Buffer.from("\x89OMEMO\r\n\x1a\n", "latin1");
const FORMAT_OFFSET = MAGIC.length;
const BASE_SEQUENCE_OFFSET = FORMAT_OFFSET + 2;
const BASE_LENGTH_OFFSET = BASE_SEQUENCE_OFFSET + 6;
const CHECKED_LENGTH = BASE_LENGTH_OFFSET + 6;

/** The places of magic, format and checksum are the same in every format to come. */
export function encodeFileHeader(header: FileHeader): Buffer {
  const bytes = Buffer.alloc(FILE_HEADER_LENGTH);
  MAGIC.copy(bytes);
  bytes.writeUInt16BE(header.format, FORMAT_OFFSET);
  bytes.writeUIntBE(header.baseSequence, BASE_SEQUENCE_OFFSET, 6);
  bytes.writeUIntBE(header.baseLength, BASE_LENGTH_OFFSET, 6);
  checksum(bytes.subarray(0, CHECKED_LENGTH)).copy(bytes, CHECKED_LENGTH);
  return bytes;
}

/** A file gets its name only once its header is on the medium: a short one is damage, never new. */
export function readFileHeader(file: Buffer): FileHeaderReading {
  if (file.length < FILE_HEADER_LENGTH) return { kind: "damaged", reason: "the header is cut off" };
  if (!file.subarray(0, MAGIC.length).equals(MAGIC)) {
    return { kind: "damaged", reason: "it does not start like an OMEMO store" };
  }
  const header = {
    format: file.readUInt16BE(FORMAT_OFFSET),
    baseSequence: file.readUIntBE(BASE_SEQUENCE_OFFSET, 6),
    baseLength: file.readUIntBE(BASE_LENGTH_OFFSET, 6),
  };
  if (!encodeFileHeader(header).equals(file.subarray(0, FILE_HEADER_LENGTH))) {
    return { kind: "damaged", reason: "the checksum of the header is wrong" };
  }
  return { kind: "header", header };
}
