import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { findChromium } from "../chromium.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "omemo-chromium-"));
  for (const name of ["first", "second"]) await mkdir(join(folder, name));
  await writeFile(join(folder, "second", "chromium"), "");
  await writeFile(join(folder, "second", "google-chrome"), "");
  vi.stubEnv("PATH", ["first", "second"].map((name) => join(folder, name)).join(delimiter));
  vi.stubEnv("CHROMIUM_PATH", "");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

it("finds Chromium on the PATH before other browsers of its kind", async () => {
  await writeFile(join(folder, "first", "google-chrome"), "");
  expect((await findChromium())?.path).toBe(join(folder, "second", "chromium"));
});

it("prefers the one that CHROMIUM_PATH names", async () => {
  vi.stubEnv("CHROMIUM_PATH", process.execPath);
  expect((await findChromium())?.path).toBe(process.execPath);
});

it("starts it so that it talks to nobody else", async () => {
  expect((await findChromium())?.flags).toContain("--disable-background-networking");
});
