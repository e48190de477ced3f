import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface StartedServer {
  readonly address: string;
  stop(): Promise<void>;
}

/** `probe` is shell words that succeed where the server is installed. */
export function whyServerIsMissing(probe: string, debianPackage: string): string | undefined {
  const { status } = spawnSync("sh", ["-c", `PATH=$PATH:/usr/sbin; ${probe}`], { stdio: "ignore" });
  return status === 0 ? undefined : `install the Debian package ${debianPackage}`;
}

/** An empty server of the lab; it ends when this process does, however that ends. */
export async function startServer(script: string, port: number): Promise<StartedServer> {
  const folder = await mkdtemp(join(tmpdir(), "omemo-bench-"));
  const program = fileURLToPath(new URL(`../../../../lab/${script}`, import.meta.url));
  const words = ["run", "--dir", folder, "--port", `${port}`, "--purge"];
  const keeper = spawn(program, words, { stdio: ["pipe", "pipe", "inherit"], detached: true });
  const address = await readAddress(keeper, script);
  return {
    address,
    stop: async () => {
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
