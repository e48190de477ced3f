import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Batch, OmemoStore, RecordKey } from "@omemo/core";
import { fileStore } from "@omemo/store-file";
import { type SeededRandom, seededRandom } from "@omemo/testkit";
import { type Content, contentOf, deleting, putting } from "./records.js";

/** A log as the store wrote it on a real disk, and what it held at each length it ever had. */
export interface RealLog {
  readonly bytes: Uint8Array;
  /** Bytes that the file was born with, at a rewrite. */
  readonly baseLength: number;
  readonly contents: ReadonlyMap<number, Content>;
}

const COLLECTIONS: readonly RecordKey[] = [["identity"], ["old"], ["a"], ["round"]];

/** A few kilobytes of batches from a seed: of all sizes, zeros among the values. */
export async function writeRealLog(): Promise<RealLog> {
  const folder = await mkdtemp(join(tmpdir(), "omemo-store-file-"));
  try {
    return await writeLog(join(folder, "real.omemo"), seededRandom("real log"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Every record of a store with such a log. */
export async function everythingIn(store: OmemoStore): Promise<Content> {
  const parts = await Promise.all(COLLECTIONS.map((prefix) => contentOf(store, prefix)));
  return Object.assign({}, ...parts);
}

async function writeLog(path: string, random: SeededRandom): Promise<RealLog> {
  const young = await fileStore(path);
  await young.commit(putting([["identity"], ...random.bytes(64)], [["old"], 0]));
  await young.commit(putting([["old"], ...random.bytes(200)]));
  await young.close();
  // Rewrites at once: so this log was born with records in it.
  const reborn = await fileStore(path, { garbageFloor: 0, garbageShare: 0.01 });
  await reborn.close();

  const baseLength = (await readFile(path)).length;
  const contents = new Map<number, Content>();
  const store = await fileStore(path);
  contents.set(baseLength, await everythingIn(store));
  for (let round = 0; round < 20; round += 1) {
    await store.commit(anyBatch(random, round));
    contents.set((await readFile(path)).length, await everythingIn(store));
  }
  await store.close();
  // A plain array: `slice` of a Buffer shares its bytes.
  return { bytes: new Uint8Array(await readFile(path)), baseLength, contents };
}

function anyBatch(random: SeededRandom, round: number): Batch {
  if (random.chance(0.2)) return deleting(["a", String(random.below(10))]);
  const value = random.chance(0.3) ? new Uint8Array(600) : random.bytes(random.below(150));
  return putting([["round"], round], [["a", String(random.below(10))], ...value]);
}
