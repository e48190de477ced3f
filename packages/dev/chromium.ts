import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A Chromium for tests, and how to start it. */
export interface Chromium {
  readonly path: string;
  readonly flags: readonly string[];
  /** To be added to the environment. */
  readonly env: Readonly<Record<string, string>>;
}

const NAMES = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/** It talks to nobody but the tests, and works in containers. */
const FLAGS = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-dev-shm-usage",
  "--disable-gpu",
  "--disable-quic",
  "--disable-sync",
  "--no-first-run",
];

/**
 * `CHROMIUM_PATH`, else one on the `PATH`, else the one that comes from npm (Linux on x64), which is
 * unpacked into the temporary folder. `undefined`, and said loudly, when there is none; in CI that
 * is an error.
 */
export async function findChromium(): Promise<Chromium | undefined> {
  // Chromium refuses to run its sandbox as root.
  const flags = process.getuid?.() === 0 ? [...FLAGS, "--no-sandbox"] : FLAGS;
  const folders = (process.env.PATH ?? "").split(delimiter);
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const path = [process.env.CHROMIUM_PATH ?? "", ...onPath].find(existsSync);
  if (path !== undefined) return { path, flags, env: {} };
  if (process.platform === "linux" && process.arch === "x64") {
    return { ...(await unpackChromium()), flags };
  }
  const reason = "no Chromium here: browser tests are NOT run. Install it, or set CHROMIUM_PATH.";
  if (process.env.CI !== undefined) throw new Error(reason);
  console.error(`\n!!! ${reason}\n`);
  return undefined;
}

/** The program and the libraries that it needs beside it. */
async function unpackChromium(): Promise<Omit<Chromium, "flags">> {
  const { default: bundled, inflate } = await import("@sparticuz/chromium");
  const archive = new URL("../bin/al2023.tar.br", import.meta.resolve("@sparticuz/chromium"));
  const libraries = await inflate(fileURLToPath(archive));
  const path = await bundled.executablePath();
  return { path, env: { LD_LIBRARY_PATH: join(libraries, "lib") } };
}
