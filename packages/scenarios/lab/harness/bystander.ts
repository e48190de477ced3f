import { client, xml } from "@xmpp/client";
import type { LabAccount, LabServer } from "./startServer.js";
import { Lookout, until } from "./until.js";

/** A client that takes what comes to its account and can read nothing of it. */
export interface Bystander {
  /** Resolves when this many messages with something encrypted in them came. */
  waitForMessages(count: number): Promise<void>;
  stop(): Promise<void>;
}

export async function openBystander(server: LabServer, account: LabAccount): Promise<Bystander> {
  const connection = client({
    service: server.wsUri,
    domain: server.domain,
    username: account.jid.slice(0, account.jid.indexOf("@")),
    password: account.password,
  });
  connection.on("error", () => {
    // What fails rejects the call that needed it.
  });
  let messages = 0;
  const lookout = new Lookout();
  connection.on("stanza", (stanza) => {
    if (!stanza.is("message") || stanza.getChild("encrypted") === undefined) return;
    messages += 1;
    lookout.changed();
  });
  await connection.start();
  /** What was sent before it has been read by the server, and what came before was acknowledged. */
  const roundTrip = async (): Promise<void> => {
    const ping = xml("ping", { xmlns: "urn:xmpp:ping" });
    await connection.iqCaller.request(xml("iq", { type: "get", to: server.domain }, ping));
  };
  await connection.send(xml("presence"));
  await roundTrip();
  return {
    async waitForMessages(count) {
      const find = () => (messages < count ? undefined : messages);
      await until([lookout], find, () => `${account.jid} waits for ${count} messages`);
    },
    async stop() {
      if (connection.status === "online") await roundTrip();
      await connection.stop();
    },
  };
}
