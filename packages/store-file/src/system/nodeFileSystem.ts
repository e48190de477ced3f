import type { FileHandle } from "node:fs/promises";
import * as fs from "node:fs/promises";
import type { FileSystem, SystemFile } from "./fileSystem.js";

const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_FOLDER = 0o700;

/** The file system of this machine. */
export const nodeFileSystem: FileSystem = {
  realPath: (path) => fs.realpath(path),
  read: (path) => fs.readFile(path),
  open: async (path) => systemFile(await fs.open(path, "r+")),
  create: async (path) => systemFile(await fs.open(path, "wx", OWNER_ONLY_FILE)),
  rename: (from, to) => fs.rename(from, to),
  removeFile: (path) => fs.unlink(path),
  makeFolder: async (path) => {
    await fs.mkdir(path, OWNER_ONLY_FOLDER);
  },
  removeFolder: (path) => fs.rmdir(path),
  namesIn: (folder) => fs.readdir(folder),
  syncFolder,
};

function systemFile(handle: FileHandle): SystemFile {
  return {
    write: async (bytes, position) => {
      const { bytesWritten } = await handle.write(bytes, 0, bytes.length, position);
      return bytesWritten;
    },
    truncate: (size) => handle.truncate(size),
    sync: () => handle.datasync(),
    close: () => handle.close(),
  };
}

async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders; NTFS journals its names by itself.
  if (process.platform === "win32") return;
  const handle = await fs.open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
