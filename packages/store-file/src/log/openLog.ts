import { dirname } from "node:path";
import { regardless, storeFailure, unlessMissing } from "../storeFailure.js";
import type { FileSystem, SystemFile } from "../system/fileSystem.js";
import { LogFile } from "./logFile.js";
import { newLogPath, writeNewLog } from "./newLog.js";
import { type LogContent, type LogReading, readLog } from "./readLog.js";
import { RecordIndex } from "./recordIndex.js";

export interface OpenedLog {
  readonly log: LogFile;
  readonly index: RecordIndex;
  readonly sequence: number;
}

/** Opens or makes the log at `path`. What it answers with is durable, a cut of a torn end too. */
export async function openLog(files: FileSystem, path: string): Promise<OpenedLog> {
  await unlessMissing(files.removeFile(newLogPath(path)));
  const file = await openOrCreate(files, path);
  try {
    const bytes = await files.read(path);
    const { index, sequence, length } = contentOf(readLog(bytes), path);
    if (length < bytes.length) await file.truncate(length);
    // A killed process may have left whole entries, and a name, that no medium has seen yet.
    await file.sync();
    await files.syncFolder(dirname(path));
    return { log: new LogFile(files, path, file, length), index, sequence };
  } catch (error) {
    await regardless(file.close());
    throw error;
  }
}

async function openOrCreate(files: FileSystem, path: string): Promise<SystemFile> {
  const existing = await unlessMissing(files.open(path));
  if (existing !== undefined) return existing;
  await writeNewLog(files, newLogPath(path), new RecordIndex(), 0);
  await files.rename(newLogPath(path), path);
  return await files.open(path);
}

function contentOf(reading: LogReading, path: string): LogContent {
  if (reading.kind === "content") return reading;
  if (reading.kind === "newer") {
    throw storeFailure(
      `${path} has format ${reading.format}, which is newer than this code; update @omemo/store-file`,
    );
  }
  throw storeFailure(
    `${path} is damaged at byte ${reading.offset}: ${reading.reason}; nothing was changed`,
  );
}
