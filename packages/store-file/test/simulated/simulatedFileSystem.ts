import type { FileSystem, SystemFile } from "../../src/system/fileSystem.js";
import { type SimulatedDrive, type SimulatedFile, systemError } from "./simulatedDrive.js";

export type SystemCall =
  | Exclude<keyof FileSystem, "open">
  | "open"
  | Exclude<keyof SystemFile, "close" | "sync">
  | "close"
  | "sync";

/**
 * Runs before each call to the system: what it throws, the call throws, and nothing happens. What it
 * answers is the highest number of bytes that a write takes.
 */
export type BeforeCall = (call: SystemCall) => number | undefined | Promise<number | undefined>;

/** How one process sees a drive. */
export function simulatedFileSystem(
  drive: SimulatedDrive,
  before: BeforeCall = () => undefined,
): FileSystem {
  const after = async <Result>(call: SystemCall, effect: () => Result): Promise<Result> => {
    await before(call);
    return effect();
  };
  return {
    realPath: (path) =>
      after("realPath", () => {
        if (!drive.has(path)) throw systemError("ENOENT");
        return path;
      }),
    read: (path) => after("read", () => drive.file(path).content.slice()),
    open: (path) => after("open", () => openFile(drive.file(path), before)),
    create: (path) => after("create", () => openFile(drive.addFile(path), before)),
    rename: (from, to) => after("rename", () => drive.rename(from, to)),
    removeFile: (path) => after("removeFile", () => drive.removeFile(path)),
    makeFolder: (path) => after("makeFolder", () => drive.addFolder(path)),
    removeFolder: (path) => after("removeFolder", () => drive.removeFolder(path)),
    namesIn: (folder) => after("namesIn", () => drive.namesIn(folder)),
    syncFolder: (folder) => after("syncFolder", () => drive.syncFolder(folder)),
  };
}

function openFile(file: SimulatedFile, before: BeforeCall): SystemFile {
  return {
    write: async (bytes, position) => {
      const limit = await before("write");
      const taken = bytes.slice(0, limit);
      const content = new Uint8Array(Math.max(file.content.length, position + taken.length));
      content.set(file.content);
      content.set(taken, position);
      file.content = content;
      return taken.length;
    },
    truncate: async (size) => {
      await before("truncate");
      file.content = file.content.slice(0, size);
    },
    sync: async () => {
      await before("sync");
      file.stored = file.content;
    },
    close: async () => {
      await before("close");
    },
  };
}
