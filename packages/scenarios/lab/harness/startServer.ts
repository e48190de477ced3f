import { execFile } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./freePort.js";
import { LabProcess } from "./labProcess.js";
import { labFile } from "./labPrograms.js";

export type ServerKind = "prosody" | "ejabberd";

export interface LabAccount {
  /** Bare. */
  readonly jid: string;
  readonly password: string;
}

export interface ServerOptions {
  /** Lets profanity publish its device list on Prosody. */
  readonly forProfanity?: boolean;
  /** Commands of sed that change the configuration, one after another, before it starts. */
  readonly edits?: readonly string[];
}

/** A throw-away XMPP server on loopback. */
export interface LabServer {
  readonly kind: ServerKind;
  readonly domain: string;
  /** Of its rooms. */
  readonly roomDomain: string;
  readonly tcpPort: number;
  /** `xmpp://`, offers STARTTLS. */
  readonly tcpUri: string;
  /** `ws://` */
  readonly wsUri: string;
  /** PEM of the authority that signed its certificate. */
  readonly caFile: string;
  /** Process id of the server itself. */
  readonly pid: number;
  /** What a Node process needs in its environment to believe the certificate. */
  readonly env: Readonly<Record<string, string>>;
  /** Creates one account for each name; names are unique on a server. */
  addAccounts(names: readonly string[]): Promise<readonly LabAccount[]>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
  /** SIGKILL, without the knowledge of its keeper. */
  kill(): Promise<void>;
}

const run = promisify(execFile);

function readVariables(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.map((line) => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

/** Starts a server on ports of its own, in a new folder under the system's temporary folder. */
export async function startServer(
  kind: ServerKind,
  options: ServerOptions = {},
): Promise<LabServer> {
  const folder = await mkdtemp(join(tmpdir(), `omemo-${kind}-`));
  const ports = [await freePort(), await freePort()];
  const script = labFile(`${kind}.sh`);
  const keeper = new LabProcess({
    name: kind,
    program: script,
    args: [
      ...["run", "--dir", folder, "--port", `${ports[0]}`, "--http-port", `${ports[1]}`, "--purge"],
      ...(options.edits ?? []).flatMap((edit) => ["--edit", edit]),
      ...(options.forProfanity === true ? ["--compat"] : []),
    ],
  });
  await keeper.log.waitFor("its readiness", (event) => event.line === "LAB_READY=1");
  const variables = readVariables(keeper.log.events.map((event) => `${event.line}`));
  const variable = (name: string) => {
    const value = variables.get(name);
    if (value === undefined) throw new Error(`${script} did not say ${name}`);
    return value;
  };
  const domain = variable("XMPP_DOMAIN");
  const pid = Number(variable("LAB_PID"));
  return {
    kind,
    domain,
    roomDomain: variable("XMPP_MUC"),
    pid,
    tcpPort: Number(variable("XMPP_PORT")),
    tcpUri: variable("XMPP_TCP"),
    wsUri: variable("XMPP_WS"),
    caFile: variable("XMPP_CA"),
    env: { NODE_EXTRA_CA_CERTS: variable("XMPP_CA") },
    async addAccounts(names) {
      const accounts = names.map((name) => ({ jid: `${name}@${domain}`, password: `of-${name}` }));
      await run(script, [
        ...["adduser", "--dir", folder],
        ...names.map((name) => `${name}:of-${name}`),
      ]);
      return accounts;
    },
    stop: () => keeper.end(),
    async kill() {
      process.kill(pid, "SIGKILL");
      await keeper.end();
    },
  };
}
