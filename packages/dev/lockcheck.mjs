// The lockfile names no host, and holds the binaries of every platform: where the registry lacks
// one, pnpm leaves it out in silence, and the repository breaks for those who work there.
// Usage: node packages/dev/lockcheck.mjs [lockfile]
import { readFileSync } from "node:fs";

/** For each Linux binary the names that its kin carry, of which one must be there. */
const KIN = {
  "macOS on arm64": ["darwin-arm64"],
  "Windows on x64": ["win32-x64", "win32-x64-msvc", "windows-64"],
  "Linux on arm64": ["linux-arm64", "linux-arm64-gnu"],
};
const LINUX = /linux-(x64|64)(-gnu)?$/;
/** Optional at run time, and asked for on Linux alone. */
const LINUX_ONLY = new Set(["@napi-rs/lzma-linux-x64-gnu"]);

const file = process.argv[2] ?? new URL("../../pnpm-lock.yaml", import.meta.url);
const text = readFileSync(file, "utf8");
const addresses = text.match(/^.*(?:https?:\/\/|tarball:).*$/gm) ?? [];
const names = new Set(
  [...text.matchAll(/^ {2}'?(@?[^\s'@]+)@[^\s:]+'?:$/gm)].map(([, name]) => name),
);

const missing = [...names]
  .filter((name) => LINUX.test(name) && !LINUX_ONLY.has(name))
  .flatMap((name) =>
    Object.entries(KIN)
      .filter(([, tails]) => !tails.some((tail) => names.has(name.replace(LINUX, tail))))
      .map(([platform]) => `no binary for ${platform} beside ${name}`),
  );
const problems = [...addresses.map((line) => `an address: ${line.trim()}`), ...missing];
if (names.size === 0) problems.push("no package found in it");
for (const problem of problems) console.error(`pnpm-lock.yaml: ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;
