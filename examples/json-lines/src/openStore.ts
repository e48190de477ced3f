import { memoryStore, type OmemoStore } from "@omemo/core";
import type { StoreKind } from "@omemo/core/trace";
import { fileStore } from "@omemo/store-file";
import { importFactory } from "./importFactory.js";
import type { Options } from "./options.js";
import { UsageError } from "./usageError.js";

/** What a module given as `--store-module` exports as default. */
export type StoreFactory = (state: string, account: string) => OmemoStore | Promise<OmemoStore>;

/**
 * The store that the options ask for: a file, what a module makes of `--state`, or memory.
 * @throws UsageError when there is no such module, or nothing for it to open.
 */
export async function openStore({ state, storeModule, jid }: Options): Promise<OmemoStore> {
  if (storeModule === undefined) return state === undefined ? memoryStore() : fileStore(state);
  if (state === undefined) throw new UsageError("--store-module needs --state, which it opens");
  const open = (await importFactory("--store-module", storeModule)) as StoreFactory;
  return await open(state, jid);
}

/** What it is, for a trace. */
export function storeKindOf({ state, storeModule }: Options): StoreKind {
  if (storeModule !== undefined) return "own";
  return state === undefined ? "memory" : "file";
}
