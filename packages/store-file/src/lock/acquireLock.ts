import { join } from "node:path";
import { regardless, storeFailure, systemCode, unlessMissing } from "../storeFailure.js";
import type { FileSystem } from "../system/fileSystem.js";
import { type Owner, ownerName, parseOwnerName } from "./owner.js";
import type { Processes } from "./processes.js";

export interface Lock {
  release(): Promise<void>;
}

/** What to do about a lock whose owner cannot be asked about from here. */
export type ForeignLock = "refuse" | "take-over";

/** Each round is lost to another process that took the lock; by then its name is to be seen. */
const ROUNDS = 5;
/** What systems answer instead of putting a folder in the place of one that is not empty. */
const TAKEN: readonly (string | undefined)[] = ["ENOTEMPTY", "EEXIST", "EPERM", "EACCES"];

/**
 * Takes the lock: a folder at `path` that holds one empty file, named for its owner. The folder
 * arrives whole, by a rename that works only while none or an empty one is there. What an owner
 * that ended left behind is removed by its name, which is never used twice; so nobody can remove a
 * lock other than the one found stale.
 *
 * @throws OmemoError `store-failure` when somebody holds it.
 */
export async function acquireLock(
  files: FileSystem,
  processes: Processes,
  path: string,
  foreignLock: ForeignLock,
): Promise<Lock> {
  const owner = await processes.self();
  const prepared = `${path}.${owner.token}`;
  try {
    await prepare(files, prepared, owner);
    for (let round = 0; round < ROUNDS; round += 1) {
      await clear(files, processes, path, foreignLock);
      if (await moveInto(files, prepared, path)) return lockOf(files, path, owner);
    }
    throw storeFailure(`${path} is being taken by other processes; only one may use a store`);
  } catch (error) {
    await regardless(removeLock(files, prepared, owner));
    throw error;
  }
}

function lockOf(files: FileSystem, path: string, owner: Owner): Lock {
  return { release: () => removeLock(files, path, owner) };
}

async function prepare(files: FileSystem, folder: string, owner: Owner): Promise<void> {
  await files.makeFolder(folder);
  const file = await files.create(join(folder, ownerName(owner)));
  await file.close();
}

async function moveInto(files: FileSystem, prepared: string, path: string): Promise<boolean> {
  try {
    await files.rename(prepared, path);
    return true;
  } catch (error) {
    if (TAKEN.includes(systemCode(error))) return false;
    throw error;
  }
}

/** Leaves nothing at `path`, unless somebody else is quicker. */
async function clear(
  files: FileSystem,
  processes: Processes,
  path: string,
  foreignLock: ForeignLock,
): Promise<void> {
  const names = (await unlessMissing(files.namesIn(path))) ?? [];
  for (const name of names) {
    await assertEnded(processes, path, name, foreignLock);
    await unlessMissing(files.removeFile(join(path, name)));
  }
  await removeFolderIfEmpty(files, path);
}

async function assertEnded(
  processes: Processes,
  path: string,
  name: string,
  foreignLock: ForeignLock,
): Promise<void> {
  const owner = parseOwnerName(name);
  if (owner === undefined) {
    throw storeFailure(`${path} holds something that is no lock of a store; look at it`);
  }
  const state = await processes.stateOf(owner);
  if (state === "running") {
    throw storeFailure(
      `the store is open already, in process ${owner.pid} (${path}); only one may use it at a time`,
    );
  }
  if (state === "unknown" && foreignLock === "refuse") {
    throw storeFailure(
      `the store is locked by process ${owner.pid} of another machine or container; if that has ended, remove ${path} or open with foreignLock "take-over"`,
    );
  }
}

async function removeLock(files: FileSystem, path: string, owner: Owner): Promise<void> {
  await unlessMissing(files.removeFile(join(path, ownerName(owner))));
  await removeFolderIfEmpty(files, path);
}

async function removeFolderIfEmpty(files: FileSystem, path: string): Promise<void> {
  try {
    await files.removeFolder(path);
  } catch (error) {
    const code = systemCode(error);
    if (code !== "ENOENT" && !TAKEN.includes(code)) throw error;
  }
}
