import { readEntry } from "./entry.js";
import { FILE_HEADER_LENGTH, type FileHeader, FORMAT, readFileHeader } from "./fileHeader.js";
import { RecordIndex } from "./recordIndex.js";

/** What the bytes of a log amount to. */
export interface LogContent {
  readonly kind: "content";
  readonly index: RecordIndex;
  /** Number of the last batch. */
  readonly sequence: number;
  /** Bytes up to the end of the last whole entry; what lies beyond is a torn append. */
  readonly length: number;
}

export type LogReading =
  | LogContent
  | { readonly kind: "damaged"; readonly offset: number; readonly reason: string }
  | { readonly kind: "newer"; readonly format: number };

/** Reads a whole log. Only an append that did not finish may be missing, never anything before. */
export function readLog(bytes: Uint8Array): LogReading {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reading = readFileHeader(file);
  if (reading.kind === "damaged") return { ...reading, offset: 0 };
  const { format } = reading.header;
  if (format > FORMAT) return { kind: "newer", format };
  if (format < 1) return { kind: "damaged", offset: 0, reason: "there is no format 0" };
  return readEntries(file, reading.header);
}

function readEntries(file: Buffer, { baseSequence, baseLength }: FileHeader): LogReading {
  const index = new RecordIndex();
  let offset = FILE_HEADER_LENGTH;
  let sequence = baseSequence;
  while (offset < file.length) {
    const reading = readEntry(file, offset);
    if (reading.kind === "torn") break;
    if (reading.kind === "damaged") return { ...reading, offset };
    if (reading.entry.sequence !== sequence + 1) {
      return { kind: "damaged", offset, reason: "an entry is out of sequence" };
    }
    index.apply(reading.entry.operations);
    sequence += 1;
    offset = reading.end;
  }
  if (offset < baseLength) {
    return { kind: "damaged", offset, reason: "the file is shorter than it once was" };
  }
  return { kind: "content", index, sequence, length: offset };
}
