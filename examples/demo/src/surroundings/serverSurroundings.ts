import { bareJid, type Transport } from "@omemo/core";
import { xmppTransport } from "@omemo/xmpp-client";
import { type Client, client, xml } from "@xmpp/client";
import type { Line, Surroundings } from "./surroundings.js";
import { whenOnline } from "./whenOnline.js";

/** An account on a server. */
export interface ServerAccount {
  readonly jid: string;
  readonly password: string;
}

export interface Server {
  /** Goes on after "on". */
  readonly name: string;
  /** `ws://`, `wss://`, `xmpp://` or `xmpps://`. */
  readonly service: string;
  /** One for each person, by name. */
  readonly accounts: ReadonlyMap<string, ServerAccount>;
  stop(): Promise<void>;
}

/** A real server, through `@xmpp/client`. */
export function serverSurroundings(server: Server): Surroundings {
  const accountOf = (person: string): ServerAccount => {
    const account = server.accounts.get(person);
    if (account === undefined) throw new Error(`${person} has no account on this server`);
    return account;
  };
  return {
    name: server.name,
    addressOf: (person) => accountOf(person).jid,
    logIn: (person, device) => logIn(server.service, accountOf(person), device),
    close: () => server.stop(),
  };
}

async function logIn(
  service: string,
  { jid, password }: ServerAccount,
  resource: string,
): Promise<Line> {
  const [username = "", domain = ""] = bareJid(jid).split("@");
  const timeout = 20_000; // ms for a step of the login
  const xmpp = client({ service, domain, username, password, resource, timeout });
  // What fails is told to whoever asked for it; a lost connection is part of the story.
  xmpp.on("error", () => undefined);
  const transport = xmppTransport(xmpp);
  xmpp.on("online", () => {
    xmpp.send(xml("presence")).catch(() => undefined);
  });
  await xmpp.start().catch((cause: unknown) => {
    const reason = cause instanceof Error && cause.message !== "" ? cause.message : "no connection";
    throw new Error(`${jid} at ${service}: ${reason}`, { cause });
  });
  return lineOf(xmpp, transport);
}

function lineOf(xmpp: Client, transport: Transport): Line {
  const cut = async (): Promise<void> => {
    xmpp.reconnect.stop();
    const isCut = new Promise((resolve) => xmpp.once("disconnect", resolve));
    // The socket alone: a stream that is closed properly cannot be resumed.
    xmpp.socket?.end();
    await isCut;
  };
  return {
    transport,
    cut,
    restore: async () => {
      const back = whenOnline(transport);
      xmpp.reconnect.start();
      xmpp.reconnect.scheduleReconnect();
      await back;
    },
    kill: cut,
    close: async () => {
      await xmpp.stop();
    },
  };
}
