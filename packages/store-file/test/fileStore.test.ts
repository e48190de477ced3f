import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileStore, verifyFile } from "@omemo/store-file";
import { expect, it } from "vitest";
import { contentOf, deleting, putting, replacing } from "./records.js";
import { scratchFolder } from "./scratchFolder.js";

const failure = (text: string) => ({
  code: "store-failure",
  message: expect.stringContaining(text) as string,
});

it("gives back after a reopen exactly what was committed, with the same versions", async () => {
  const path = join(await scratchFolder(), "juliet.omemo");
  const first = await fileStore(path);
  await first.commit(putting([["a", "1"], 1], [["a", "2"]], [["ab"], 3]));
  const [changed] = await first.commit(putting([["a", "1"], 9]));
  await first.commit(deleting(["ab"]));
  await first.close();

  const second = await fileStore(path);
  expect(await contentOf(second, ["a"])).toEqual({ "a/1": "09", "a/2": "" });
  const [record, absent] = await second.get([["a", "1"], ["ab"]]);
  expect(record?.version).toBe(changed);
  expect(absent).toBeUndefined();
  await second.commit(replacing(["a", "1"], changed, 10));
  await second.close();
});

it("keeps odd key segments apart", async () => {
  const path = join(await scratchFolder(), "juliet.omemo");
  const odd = ["", "/", "..", "%", "\0", "x".repeat(1000), "Ünï", "猫", "\ud800", "\udfff", "\n"];
  const first = await fileStore(path);
  await first.commit(putting(...odd.map((segment, index) => [["odd", segment], index] as const)));
  await first.close();
  const second = await fileStore(path);
  const records = await second.get(odd.map((segment) => ["odd", segment]));
  expect(records.map((record) => record?.key[1])).toEqual(odd);
  expect(records.map((record) => record?.value[0])).toEqual([...odd.keys()]);
  await second.close();
});

it("makes the file for its owner only, and leaves nothing else behind", async () => {
  const folder = await scratchFolder();
  const path = join(folder, "juliet.omemo");
  const store = await fileStore(path, { garbageFloor: 0 });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  for (let round = 0; round < 20; round += 1) await store.commit(putting([["a"], round]));
  expect((await stat(path)).size).toBeLessThan(200);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await store.close();
  expect(await readdir(folder)).toEqual(["juliet.omemo"]);
});

it("takes a relative path, and one path is the same store by every name", async () => {
  const folder = await scratchFolder();
  const path = join(folder, "juliet.omemo");
  const store = await fileStore(relative(process.cwd(), path));
  await symlink(path, join(folder, "link.omemo"));
  await symlink(folder, join(folder, "again"));
  await expect(fileStore(join(folder, "link.omemo"))).rejects.toMatchObject(
    failure("open already"),
  );
  await expect(fileStore(join(folder, "again", "juliet.omemo"))).rejects.toMatchObject(
    failure("open already"),
  );
  await store.close();
});

it("refuses a folder that is missing, and a link whose target is", async () => {
  const folder = await scratchFolder();
  await expect(fileStore(join(folder, "missing", "a"))).rejects.toMatchObject(failure("make it"));
  await symlink(join(folder, "unmounted", "a"), join(folder, "a"));
  await expect(fileStore(join(folder, "a"))).rejects.toMatchObject(failure("a link to a file"));
  await mkdir(join(folder, "b"));
  await expect(fileStore(join(folder, "b"))).rejects.toMatchObject(failure("EISDIR"));
});

it("refuses an empty file, and one that is no store, and leaves both as they are", async () => {
  const folder = await scratchFolder();
  for (const content of ["", "OMEMO", "x".repeat(5000)]) {
    const path = join(folder, "a");
    await writeFile(path, content);
    await expect(fileStore(path)).rejects.toMatchObject(failure("damaged at byte 0"));
    expect(await readFile(path, "utf8")).toBe(content);
  }
});

it("refuses options out of range", async () => {
  const path = join(await scratchFolder(), "juliet.omemo");
  const invalid = { code: "invalid-input" };
  for (const garbageShare of [0, 1, Number.NaN]) {
    await expect(fileStore(path, { garbageShare })).rejects.toMatchObject(invalid);
  }
  await expect(fileStore(path, { garbageFloor: -1 })).rejects.toMatchObject(invalid);
});

it("writes what was committed before close, and refuses what comes after", async () => {
  const path = join(await scratchFolder(), "juliet.omemo");
  const store = await fileStore(path);
  const before = store.commit(putting([["a"], 1]));
  const closing = store.close();
  await expect(store.commit(putting([["a"], 2]))).rejects.toMatchObject(failure("closed"));
  await expect(store.get([["a"]])).rejects.toMatchObject(failure("closed"));
  await before;
  await closing;
  await store.close();
  const again = await fileStore(path);
  expect(await contentOf(again, ["a"])).toEqual({ a: "01" });
  await again.close();
});

it("keeps records and versions through rewrites, and never grows far beyond what lives", async () => {
  const path = join(await scratchFolder(), "juliet.omemo");
  const store = await fileStore(path, { garbageFloor: 1000 });
  const kept = new Uint8Array(randomBytes(500));
  const [version] = await store.commit({
    check: [],
    put: [{ key: ["kept"], value: kept }],
    delete: [],
  });
  for (let round = 0; round < 300; round += 1) {
    await store.commit(putting([["a", String(round % 3)], ...Buffer.from(`${round}`)]));
  }
  await store.commit(deleting(["a", "0"], ["a", "1"], ["a", "2"]));
  await store.close();
  const report = await verifyFile(path);
  expect(report).toMatchObject({ kind: "sound", records: 1, torn: 0 });
  expect((await stat(path)).size).toBeLessThan(3000);

  const again = await fileStore(path);
  const [record] = await again.get([["kept"]]);
  expect(record?.value).toEqual(kept);
  expect(record?.version).toBe(version);
  const [next] = await again.commit(putting([["a", "0"], 1]));
  expect(Number(next)).toBeGreaterThan(300);
  await again.close();
});

it("rewrites a large store in several entries", async () => {
  const path = join(await scratchFolder(), "juliet.omemo");
  const store = await fileStore(path);
  const put = Array.from({ length: 3000 }, (_, index) => ({
    key: ["a", String(index)] as const,
    value: new Uint8Array(randomBytes(1000)),
  }));
  await store.commit({ check: [], put, delete: [] });
  await store.commit({ check: [], put, delete: [] });
  await store.commit(putting([["b"], 1]));
  await store.close();
  const report = await verifyFile(path);
  expect(report).toMatchObject({ kind: "sound", records: 3001, torn: 0 });
  expect((await stat(path)).size).toBeLessThan(3_300_000);
});
