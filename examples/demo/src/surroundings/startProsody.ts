import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Server } from "./serverSurroundings.js";

const SCRIPT = fileURLToPath(new URL("../../../lab/prosody.sh", import.meta.url));

/** Whether Prosody can be started here. */
export function isProsodyInstalled(): boolean {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/bin"];
  return existsSync(SCRIPT) && folders.some((folder) => existsSync(join(folder, "prosody")));
}

/**
 * A Prosody of our own, on free ports of this machine, that ends with this process.
 * @throws Error with what it said when it does not start.
 */
export async function startProsody(people: readonly string[]): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), "omemo-demo-prosody-"));
  const ports = ["--port", `${await freePort()}`, "--http-port", `${await freePort()}`];
  const prosody = spawn(SCRIPT, ["run", "--dir", folder, ...ports, "--purge"], {
    // It ends when this pipe closes, however we end; a signal to us must not hit it before.
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const variables = await readVariables(prosody);
  const domain = variables.get("XMPP_DOMAIN") ?? "localhost";
  const accounts = people.map((person) => {
    const name = person.toLowerCase();
    return [person, { jid: `${name}@${domain}`, password: `of-${name}` }] as const;
  });
  const users = accounts.map(([, { jid, password }]) => `${jid.split("@")[0]}:${password}`);
  await promisify(execFile)(SCRIPT, ["adduser", "--dir", folder, ...users]);
  return {
    name: "a real Prosody on this machine",
    service: variables.get("XMPP_WS") ?? "",
    accounts: new Map(accounts),
    stop: async () => {
      const ended = once(prosody, "close");
      prosody.stdin?.end();
      await ended;
    },
  };
}

/** The lines `NAME=value` that the script prints until it is ready. */
async function readVariables(prosody: ChildProcess): Promise<ReadonlyMap<string, string>> {
  const { stdout, stderr } = prosody;
  if (stdout === null || stderr === null) throw new Error("the server has no output");
  const variables = new Map<string, string>();
  let complaints = "";
  stderr.on("data", (chunk) => {
    complaints += chunk;
  });
  for await (const line of createInterface({ input: stdout })) {
    const at = line.indexOf("=");
    variables.set(line.slice(0, at), line.slice(at + 1));
    if (line === "LAB_READY=1") return variables;
  }
  throw new Error(complaints.trim() || "it ended at once");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
