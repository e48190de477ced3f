import type { OmemoStore } from "@omemo/core";
import type { FileStoreOptions } from "./fileStoreOptions.js";
import { nodeProcesses } from "./lock/nodeProcesses.js";
import { openFileStore } from "./openFileStore.js";
import { nodeFileSystem } from "./system/nodeFileSystem.js";

/**
 * Opens the store of one account in the file at `path`, and makes the file when there is none. Each
 * commit is one append and one sync, and durable when it resolves; all records are held in memory.
 * Until `close`, or until this process ends, no other may open the file.
 *
 * @throws OmemoError `store-failure` when the file is open elsewhere, damaged (the message names
 * the byte), newer than this code, or its folder is missing; `invalid-input` for an option out of
 * range.
 */
export async function fileStore(path: string, options: FileStoreOptions = {}): Promise<OmemoStore> {
  return await openFileStore(path, options, { files: nodeFileSystem, processes: nodeProcesses });
}
