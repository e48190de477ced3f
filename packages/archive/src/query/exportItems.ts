import type { OmemoStore } from "@omemo/core";
import type { ArchiveQuery, ArchiveRange } from "../archive.js";
import type { ArchiveItem } from "../entry/archiveEntry.js";
import { conversationsOf } from "./conversationsOf.js";
import { readPage } from "./readPage.js";

const PAGE = 500;

/** Every item, a page at a time. */
export async function* exportItems(
  store: OmemoStore,
  range: ArchiveRange | undefined,
): AsyncGenerator<ArchiveItem> {
  const ranges = range === undefined ? await everything(store) : [range];
  for (const each of ranges) {
    let query: ArchiveQuery | undefined = { ...each, order: "oldest-first", limit: PAGE };
    while (query !== undefined) {
      const { items, next } = await readPage(store, query);
      yield* items;
      query = next;
    }
  }
}

async function everything(store: OmemoStore): Promise<readonly ArchiveRange[]> {
  return (await conversationsOf(store)).map((conversation) => ({ conversation }));
}
