import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A bundle for browsers, as `.size-limit.json` describes it. */
export interface BundleSize {
  readonly name: string;
  /** Bytes, minified and gzipped. */
  readonly size: number;
}

/** Everything that the built packages export, with what they depend on. */
export function measureBundles(): readonly BundleSize[] {
  const json = execFileSync("pnpm", ["--silent", "exec", "size-limit", "--json"], {
    cwd: fileURLToPath(new URL("../../", import.meta.url)),
    encoding: "utf8",
    shell: process.platform === "win32", // there pnpm is a .cmd file
  });
  return JSON.parse(json) as BundleSize[];
}
