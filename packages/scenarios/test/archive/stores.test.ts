import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { bareJid } from "@omemo/core";
import { describe, expect, it } from "vitest";
import { decoratedPersistent, encrypted } from "../../src/stores/decorated.js";
import { file } from "../../src/stores/file.js";
import { pglite } from "../../src/stores/pglite.js";
import { sqlite } from "../../src/stores/sqlite.js";
import { localStores } from "../../src/stores/stores.js";
import type { PersistentStore } from "../../src/stores/testedStore.js";
import { fillArchive, playArchive, ROMEO } from "./playArchive.js";

const account = bareJid("juliet@example.org");

/** PGlite takes seconds to start, so only where many seeds are run. */
const tested = process.env.OMEMO_SEEDS === undefined ? localStores : [...localStores, pglite];

describe("an archive is read, searched and deleted after it was opened again", () => {
  it.each(tested)("over $name", async ({ prepare }) => {
    const { open, dispose } = await prepare();
    try {
      await playArchive(() => open(account));
    } finally {
      await dispose();
    }
  });
});

/** Everything that lies on the disk, as text. */
async function bytesOf({ prepare }: PersistentStore): Promise<string> {
  const { location, open, dispose } = await prepare();
  try {
    const store = await open(account);
    await fillArchive(store);
    await store.close();
    const folder = dirname(location);
    const names = await readdir(folder);
    const files = await Promise.all(names.map((name) => readFile(join(folder, name), "latin1")));
    return files.join("\n");
  } finally {
    await dispose();
  }
}

describe("on the disk", () => {
  it.each([file, sqlite])("$name holds what was said, and says so", async (store) => {
    expect(await bytesOf(store)).toContain("Wherefore, for the 8th time?");
  });

  it.each([file, sqlite])(
    "$name inside store-encrypted holds nothing readable of it",
    async (store) => {
      const bytes = await bytesOf(decoratedPersistent([encrypted], store));
      expect(bytes.length).toBeGreaterThan(10_000);
      for (const secret of ["Wherefore", "8th time", ROMEO, "archive-entry", "0f0f0f"]) {
        expect(bytes).not.toContain(secret);
      }
    },
  );
});
