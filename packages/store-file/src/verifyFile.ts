import { readFile } from "node:fs/promises";
import { FORMAT } from "./log/fileHeader.js";
import { garbageLength } from "./log/garbage.js";
import { readLog } from "./log/readLog.js";
import { asStoreFailure } from "./storeFailure.js";

/** What {@link verifyFile} found. */
export type FileReport = SoundFile | DamagedFile | NewerFile;

/** Every entry has its checksum and its place. */
export interface SoundFile {
  readonly kind: "sound";
  readonly format: number;
  readonly records: number;
  /** Number of the last batch, counted since the store was made. */
  readonly batches: number;
  /** Bytes of the entries that are whole, with the header. */
  readonly length: number;
  /** Bytes of them that the next rewrite will drop. */
  readonly garbage: number;
  /** Bytes of an append that did not finish; the next open drops them, and loses nothing by it. */
  readonly torn: number;
}

/** {@link fileStore} refuses such a file and changes nothing. */
export interface DamagedFile {
  readonly kind: "damaged";
  /** First byte of what cannot be read. */
  readonly offset: number;
  readonly reason: string;
}

/** Written by a later version of this package. */
export interface NewerFile {
  readonly kind: "newer";
  readonly format: number;
}

/**
 * Reads and checks a whole file, and changes nothing. While a store has it open, an append that is
 * just being written appears as torn.
 *
 * @throws OmemoError `store-failure` when the file cannot be read at all.
 */
export async function verifyFile(path: string): Promise<FileReport> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw asStoreFailure(`read ${path}`, cause);
  });
  const reading = readLog(bytes);
  if (reading.kind !== "content") return reading;
  const { index, sequence, length } = reading;
  return {
    kind: "sound",
    format: FORMAT,
    records: index.size,
    batches: sequence,
    length,
    garbage: garbageLength(length, index),
    torn: bytes.length - length,
  };
}
