import { unlessMissing } from "../storeFailure.js";
import type { FileSystem, SystemFile } from "../system/fileSystem.js";
import { encodeEntry } from "./entry.js";
import { encodeFileHeader, FILE_HEADER_LENGTH, FORMAT } from "./fileHeader.js";
import type { PutOperation } from "./operation.js";
import { operationLength } from "./operation.js";
import type { RecordIndex } from "./recordIndex.js";
import { writeFully } from "./writeFully.js";

/** Beyond this a snapshot goes on in another entry, so that encoding never holds up the process. */
const SNAPSHOT_ENTRY_LENGTH = 0x10_0000;

/** A log that is on the medium, but does not have its name yet. */
export interface NewLog {
  readonly length: number;
  readonly sequence: number;
}

/**
 * Writes a log of nothing but the live records to `path`, replacing what a crash left there. The
 * header comes last: it tells the length of the rest.
 */
export async function writeNewLog(
  files: FileSystem,
  path: string,
  index: RecordIndex,
  baseSequence: number,
): Promise<NewLog> {
  await unlessMissing(files.removeFile(path));
  const file = await files.create(path);
  try {
    const { length, sequence } = await writeSnapshot(file, index, baseSequence);
    const header = { format: FORMAT, baseSequence, baseLength: length };
    await writeFully(file, encodeFileHeader(header), 0);
    await file.sync();
    return { length, sequence };
  } finally {
    await file.close();
  }
}

/** Where a log is written before it takes the place of the one at `path`. */
export function newLogPath(path: string): string {
  return `${path}.new`;
}

async function writeSnapshot(
  file: SystemFile,
  index: RecordIndex,
  baseSequence: number,
): Promise<NewLog> {
  let sequence = baseSequence;
  let length = FILE_HEADER_LENGTH;
  for (const operations of portions(index)) {
    sequence += 1;
    const entry = encodeEntry({ sequence, operations });
    await writeFully(file, entry, length);
    length += entry.length;
  }
  return { length, sequence };
}

function* portions(index: RecordIndex): Generator<readonly PutOperation[]> {
  let portion: PutOperation[] = [];
  let length = 0;
  for (const put of index.puts()) {
    portion.push(put);
    length += operationLength(put);
    if (length < SNAPSHOT_ENTRY_LENGTH) continue;
    yield portion;
    portion = [];
    length = 0;
  }
  if (portion.length > 0) yield portion;
}
