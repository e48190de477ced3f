// Starts json-lines with libsignal as its backend; everything on the command line goes to it. Built
// first where that has not been done; standard output belongs to the peer.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

if (!existsSync(here("node_modules/@omemo/backend-libsignal/dist"))) {
  const filter = "--filter=@omemo/example-licensed-backends^...";
  const { status } = spawnSync("pnpm", ["--silent", "-w", "run", "tr", "build", filter], {
    cwd: here("."),
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32", // there pnpm is a .cmd file
  });
  if (status !== 0) process.exit(status ?? 1);
}

const peer = here("../json-lines/peer.mjs");
const backend = ["--backend", here("src/jsonLinesBackend.mjs")];
const child = spawn(process.execPath, [peer, ...backend, ...process.argv.slice(2)], {
  stdio: "inherit",
});
child.on("exit", (code) => process.exit(code ?? 1));
