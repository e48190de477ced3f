import { parseArgs } from "node:util";
import { bareJid } from "@omemo/core";
import { NAMES } from "./stage/stage.js";
import { type Server, serverSurroundings } from "./surroundings/serverSurroundings.js";
import { simulatedSurroundings } from "./surroundings/simulatedSurroundings.js";
import { isProsodyInstalled, startProsody } from "./surroundings/startProsody.js";
import type { Surroundings } from "./surroundings/surroundings.js";

export interface Choice {
  readonly surroundings: Surroundings;
  /** How to see it elsewhere, or why it is not elsewhere. */
  readonly hint: string;
}

/**
 * The server given by `--service`, else a Prosody of our own where it is installed, else the
 * simulated network, which `--simulated` asks for.
 * @throws Error for a command line that cannot be followed.
 */
export async function chooseSurroundings(argv: readonly string[]): Promise<Choice> {
  const { values } = parseArgs({
    args: argv.filter((argument) => argument !== "--"),
    options: {
      service: { type: "string" },
      account: { type: "string", multiple: true, default: [] },
      simulated: { type: "boolean", default: false },
    },
  });
  if (values.service !== undefined) {
    const server = givenServer(values.service, values.account);
    return { surroundings: serverSurroundings(server), hint: "" };
  }
  const simulated = simulatedSurroundings(NAMES);
  if (values.simulated || !isProsodyInstalled()) {
    return { surroundings: simulated, hint: "Install Prosody to see it on a real server." };
  }
  try {
    const surroundings = serverSurroundings(await startProsody(NAMES));
    return { surroundings, hint: "With --simulated it needs no server." };
  } catch (error) {
    return { surroundings: simulated, hint: `Prosody is installed, but did not start: ${error}` };
  }
}

function givenServer(service: string, given: readonly string[]): Server {
  if (given.length !== NAMES.length) {
    throw new Error("--service needs three fresh accounts: --account a@example.org:password …");
  }
  const accounts = NAMES.map((name, index) => {
    const [jid = "", ...password] = given[index]?.split(":") ?? [];
    return [name, { jid: bareJid(jid), password: password.join(":") }] as const;
  });
  return { name: service, service, accounts: new Map(accounts), stop: async () => undefined };
}
