import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { OmemoStore } from "@omemo/core";
import { verifyFile } from "@omemo/store-file";
import { seededRandom } from "@omemo/testkit";
import { beforeAll, expect, it } from "vitest";
import { encodeEntry } from "../src/log/entry.js";
import { encodeFileHeader, FILE_HEADER_LENGTH, readFileHeader } from "../src/log/fileHeader.js";
import { putOf } from "../src/log/operation.js";
import { openFileStore } from "../src/openFileStore.js";
import { everythingIn, type RealLog, writeRealLog } from "./realLog.js";
import { putting } from "./records.js";
import { scratchFolder } from "./scratchFolder.js";
import { SimulatedDrive } from "./simulated/simulatedDrive.js";
import { simulatedFileSystem } from "./simulated/simulatedFileSystem.js";
import { SimulatedMachine } from "./simulated/simulatedProcesses.js";

const PATH = "/juliet.omemo";
const SECTOR_LENGTH = 512;

let log: RealLog;

beforeAll(async () => {
  log = await writeRealLog();
});

function open(drive: SimulatedDrive): Promise<OmemoStore> {
  const { processes } = new SimulatedMachine().start();
  return openFileStore(PATH, {}, { files: simulatedFileSystem(drive), processes });
}

/** Where the entries of the log end, the base among them. */
function ends(): readonly number[] {
  return [...log.contents.keys()];
}

function lastEndBefore(length: number): number {
  return Math.max(...ends().filter((end) => end <= length));
}

/** Opens these bytes, which must give the log as it was when it had `length` bytes. */
async function expectContent(bytes: Uint8Array, length: number): Promise<SimulatedDrive> {
  const drive = new SimulatedDrive({ [PATH]: bytes });
  const store = await open(drive);
  expect(await everythingIn(store)).toEqual(log.contents.get(length));
  expect(drive.file(PATH).stored.length).toBe(length);
  await store.close();
  return drive;
}

async function expectDamage(bytes: Uint8Array, offset: number): Promise<void> {
  const drive = new SimulatedDrive({ [PATH]: bytes });
  await expect(open(drive)).rejects.toMatchObject({
    code: "store-failure",
    message: expect.stringContaining(`damaged at byte ${offset}:`) as string,
  });
  expect(Buffer.compare(drive.file(PATH).content, bytes)).toBe(0);
}

it("has a log under test with what the tests below need", () => {
  const header = readFileHeader(Buffer.from(log.bytes));
  expect(header).toMatchObject({ kind: "header", header: { baseLength: log.baseLength } });
  expect(log.baseLength).toBeGreaterThan(FILE_HEADER_LENGTH + 200);
  expect(log.bytes.length).toBeGreaterThan(4_000);
  expect(log.bytes.length).toBeLessThan(20_000);
});

it("comes back from a cut at any byte with the batches before it", async () => {
  for (let length = log.baseLength; length <= log.bytes.length; length += 1) {
    await expectContent(log.bytes.slice(0, length), lastEndBefore(length));
  }
});

it("goes on from a cut as if the batch that was cut had never been", async () => {
  for (const end of ends().slice(1)) {
    const length = lastEndBefore(end - 1);
    const drive = await expectContent(log.bytes.slice(0, end - 1), length);
    const store = await open(drive);
    await store.commit(putting([["round"], 255]));
    await store.close();
    expect(await everythingIn(await open(drive))).toEqual({
      ...log.contents.get(length),
      round: "ff",
    });
  }
});

it("takes a file that is shorter than it once was for damaged, never for new", async () => {
  for (let length = 0; length < log.baseLength; length += 1) {
    const offset = length < FILE_HEADER_LENGTH ? 0 : FILE_HEADER_LENGTH;
    await expectDamage(log.bytes.slice(0, length), offset);
  }
});

it("refuses a flipped bit at any byte, names the entry, and loses no batch to it", async () => {
  const random = seededRandom("bits");
  for (let position = 0; position < log.bytes.length; position += 1) {
    const bytes = log.bytes.slice();
    bytes[position] = (bytes[position] as number) ^ (1 << random.below(8));
    const entry = position < log.baseLength ? FILE_HEADER_LENGTH : lastEndBefore(position);
    await expectDamage(bytes, position < FILE_HEADER_LENGTH ? 0 : entry);
  }
});

it("cuts off the zeros that a power failure leaves in the place of an append", async () => {
  const sectors = Array.from({ length: 40 }, (_, index) => index * SECTOR_LENGTH);
  for (const start of [...ends(), ...sectors].filter((each) => each >= log.baseLength)) {
    const bytes = log.bytes.slice();
    bytes.fill(0, start);
    if (start < bytes.length) await expectContent(bytes, lastEndBefore(start));
  }
});

it("takes zeros before whole entries for damage", async () => {
  const [, start = 0, end = 0] = ends();
  const bytes = log.bytes.slice();
  bytes.fill(0, start, end);
  await expectDamage(bytes, start);
});

it("refuses an entry that is missing, repeated or out of place", async () => {
  const [, first = 0, second = 0, third = 0] = ends();
  const part = (start: number, end?: number) => log.bytes.slice(start, end);
  await expectDamage(Buffer.concat([part(0, first), part(second)]), first);
  await expectDamage(Buffer.concat([part(0, second), part(first)]), second);
  const swapped = [part(0, first), part(second, third), part(first, second), part(third)];
  await expectDamage(Buffer.concat(swapped), first);
});

it("refuses an entry with a sound checksum that makes no sense", async () => {
  const header = encodeFileHeader({ format: 1, baseSequence: 0, baseLength: FILE_HEADER_LENGTH });
  for (const name of ["", "a", "[]", '["a" ]']) {
    const put = { ...putOf(name, ["a"], new Uint8Array(1)), version: 1 };
    const entry = encodeEntry({ sequence: 1, operations: [put] });
    await expectDamage(Buffer.concat([header, entry]), FILE_HEADER_LENGTH);
  }
});

it("refuses a newer format, and a format that never was", async () => {
  const header = { baseSequence: 0, baseLength: FILE_HEADER_LENGTH };
  const newer = encodeFileHeader({ ...header, format: 2 });
  await expect(open(new SimulatedDrive({ [PATH]: newer }))).rejects.toMatchObject({
    code: "store-failure",
    message: expect.stringContaining("newer than this code") as string,
  });
  await expectDamage(encodeFileHeader({ ...header, format: 0 }), 0);
});

it("verifies a file without changing it", async () => {
  const path = join(await scratchFolder(), "juliet.omemo");
  const verify = async (bytes: Uint8Array) => {
    await writeFile(path, bytes);
    const report = await verifyFile(path);
    expect(await readFile(path)).toEqual(Buffer.from(bytes));
    return report;
  };
  const { length } = log.bytes;
  const records = Object.keys(log.contents.get(length) ?? {}).length;
  expect(await verify(log.bytes)).toMatchObject({
    kind: "sound",
    format: 1,
    records,
    length,
    torn: 0,
  });
  const whole = lastEndBefore(length - 1);
  const torn = length - 1 - whole;
  expect(await verify(log.bytes.slice(0, -1))).toMatchObject({
    kind: "sound",
    length: whole,
    torn,
  });
  const flipped = log.bytes.slice();
  flipped[FILE_HEADER_LENGTH] = 0xff;
  expect(await verify(flipped)).toMatchObject({ kind: "damaged", offset: FILE_HEADER_LENGTH });
  const newer = encodeFileHeader({ format: 7, baseSequence: 0, baseLength: FILE_HEADER_LENGTH });
  expect(await verify(newer)).toEqual({ kind: "newer", format: 7 });
  await expect(verifyFile(`${path}.missing`)).rejects.toMatchObject({ code: "store-failure" });
});
