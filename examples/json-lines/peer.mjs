// Starts the peer, after building it and the packages that it uses where that has not been done.
// Standard output belongs to the peer, so the build writes to standard error.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const manifest = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));
const packages = Object.keys(manifest.dependencies).filter((name) => name.startsWith("@omemo/"));
const folders = ["./", ...packages.map((name) => `./node_modules/${name}/`)];
const isBuilt = folders.every((folder) => existsSync(new URL(`${folder}dist`, import.meta.url)));

if (!isBuilt) {
  const { status } = spawnSync(
    "pnpm",
    ["--silent", "-w", "run", "tr", "build", `--filter=${manifest.name}...`],
    {
      cwd: new URL(".", import.meta.url),
      stdio: ["ignore", 2, 2],
      shell: process.platform === "win32", // there pnpm is a .cmd file
    },
  );
  if (status !== 0) process.exit(status ?? 1);
}

// pnpm runs scripts in their package; paths on the command line mean where it was called.
if (process.env.INIT_CWD !== undefined) process.chdir(process.env.INIT_CWD);
await import("./dist/main.js");
