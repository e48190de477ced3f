import { type Archive, type ArchiveEntry, createArchive } from "@omemo/archive";
import type { Batch, OmemoStore } from "@omemo/core";
import { countingBackend, messageKeys } from "@omemo/testkit";
import type { Guest, GuestOptions } from "./party.js";

/** Options of guests who archive what is said, over a backend that costs little. */
export function archivists(): GuestOptions {
  const keys = messageKeys();
  return {
    archive: createArchive,
    backend: (randomBytes) => countingBackend({ keys, randomBytes }),
  };
}

/** The archive of a guest, read past its process. */
export function archiveOf({ device }: Guest): Archive {
  return createArchive(device.disk.open());
}

/** All entries of an archive, of each conversation oldest first. */
export async function entriesOf(archive: Archive): Promise<readonly ArchiveEntry[]> {
  const entries: ArchiveEntry[] = [];
  for await (const item of archive.export()) {
    if (item.kind !== "entry") throw item.error;
    entries.push(item.entry);
  }
  return entries;
}

/** All texts in an archive. */
export async function archivedTexts(archive: Archive): Promise<readonly (string | undefined)[]> {
  return (await entriesOf(archive)).map(({ body }) => body);
}

/** What every commit wrote of these collections, as far as the store took it. */
export interface Commits {
  readonly store: (inner: OmemoStore) => OmemoStore;
  readonly collections: readonly (readonly string[])[];
}

/** Writes down, and tells, which collections each commit put something into. */
export function watchCommits(tell: (written: readonly string[]) => void = () => {}): Commits {
  const collections: string[][] = [];
  const watch = async (inner: OmemoStore, batch: Batch): ReturnType<OmemoStore["commit"]> => {
    const versions = await inner.commit(batch);
    const written = [...new Set(batch.put.map(({ key }) => key[0]))];
    collections.push(written);
    tell(written);
    return versions;
  };
  return {
    store: (inner) => ({
      get: (keys) => inner.get(keys),
      list: (prefix) => inner.list(prefix),
      commit: (batch) => watch(inner, batch),
      close: () => inner.close(),
    }),
    collections,
  };
}
