import { basename, dirname, join, resolve } from "node:path";
import type { OmemoStore } from "@omemo/core";
import { checkOptions, type FileStoreOptions } from "./fileStoreOptions.js";
import { acquireLock } from "./lock/acquireLock.js";
import type { Processes } from "./lock/processes.js";
import { openLog } from "./log/openLog.js";
import { Rewriter } from "./log/rewriter.js";
import { LogStore } from "./logStore.js";
import {
  asStoreFailure,
  regardless,
  storeFailure,
  systemCode,
  unlessMissing,
} from "./storeFailure.js";
import type { FileSystem } from "./system/fileSystem.js";

/** What lies around the store; tests put their own here. */
export interface System {
  readonly files: FileSystem;
  readonly processes: Processes;
}

/** `fileStore` on a given system. */
export async function openFileStore(
  path: string,
  options: FileStoreOptions,
  system: System,
): Promise<OmemoStore> {
  const checked = checkOptions(options);
  const { files, processes } = system;
  try {
    const location = await locate(files, path);
    const lock = await acquireLock(files, processes, `${location}.lock`, checked.foreignLock);
    try {
      const opened = await openLog(files, location);
      const rewriter = new Rewriter(opened.log, opened.index, checked);
      const sequence = await rewriter.runIfDue(opened.sequence);
      return new LogStore({ ...opened, sequence }, rewriter, lock);
    } catch (error) {
      await regardless(lock.release());
      throw error;
    }
  } catch (error) {
    throw asStoreFailure(`open ${path}${adviceOn(error)}`, error);
  }
}

/** What systems answer to somebody who may not write, or to everybody. */
const REFUSED: readonly (string | undefined)[] = ["EACCES", "EPERM", "EROFS"];

function adviceOn(error: unknown): string {
  const isRefused = REFUSED.includes(systemCode(error));
  return isRefused ? ", which must be writable for this process, and its folder too" : "";
}

/** The one path of the file, however it was named: two names must not get two locks. */
async function locate(files: FileSystem, path: string): Promise<string> {
  const absolute = resolve(path);
  const found = await unlessMissing(files.realPath(absolute));
  if (found !== undefined) return found;
  const folder = await unlessMissing(files.realPath(dirname(absolute)));
  if (folder === undefined) {
    throw storeFailure(`the folder of ${absolute} is not there; make it first`);
  }
  const isThere = (await files.namesIn(folder)).includes(basename(absolute));
  // Either another process has just made it, or it is a link.
  const target = isThere
    ? await unlessMissing(files.realPath(absolute))
    : join(folder, basename(absolute));
  if (target === undefined) {
    throw storeFailure(`${absolute} is a link to a file that is not there; is its disk mounted?`);
  }
  return target;
}
