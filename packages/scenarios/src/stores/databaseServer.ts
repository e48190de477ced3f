import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { freePort } from "../../lab/harness/freePort.js";
import type { PersistentPlace, PersistentStore } from "./testedStore.js";

/** A database server that is started for one place, and gone with it. */
export interface DatabaseServer {
  /** Script in `lab/`. */
  readonly script: string;
  /** Shell words that succeed where the server is installed. */
  readonly probe: string;
  /** What to install, in Debian's words. */
  readonly debianPackage: string;
}

export function whyServerIsMissing({ probe, debianPackage }: DatabaseServer): string | undefined {
  const { status } = spawnSync("sh", ["-c", `PATH=$PATH:/usr/sbin; ${probe}`], { stdio: "ignore" });
  return status === 0 ? undefined : `install the Debian package ${debianPackage}`;
}

/** An empty server on a port of its own; its address is the location. */
export async function serverPlace(
  { script }: DatabaseServer,
  open: PersistentStore["open"],
): Promise<PersistentPlace> {
  const folder = await mkdtemp(join(tmpdir(), "omemo-server-"));
  const program = fileURLToPath(new URL(`../../../../lab/${script}`, import.meta.url));
  const words = ["run", "--dir", folder, "--port", `${await freePort()}`, "--purge"];
  // It ends when its input does: also when this process is killed.
  const keeper = spawn(program, words, { stdio: ["pipe", "pipe", "inherit"], detached: true });
  const location = await readAddress(keeper, script);
  return {
    location,
    open: (account) => open(location, account),
    dispose: async () => {
      const ended = once(keeper, "exit");
      keeper.stdin?.end();
      await ended;
    },
  };
}

async function readAddress({ stdout }: ChildProcess, script: string): Promise<string> {
  if (stdout === null) throw new Error("no output to read");
  let address: string | undefined;
  for await (const line of createInterface({ input: stdout })) {
    const [name, value] = line.split(/=(.*)/s);
    if (name === "DATABASE_URL") address = value;
    if (name === "LAB_READY" && address !== undefined) return address;
  }
  throw new Error(`${script} ended before the server was ready`);
}
