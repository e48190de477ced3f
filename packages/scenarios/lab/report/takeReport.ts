import { xmppTransport } from "@omemo/xmpp-client";
import { reportServer, type ServerReport } from "@omemo/xmpp-client/report";
import { client, xml } from "@xmpp/client";
import type { LabServer } from "../harness/startServer.js";

/** The report that a client of a new account gets, with a probe, and on a room that it has just made. */
export async function takeReport(server: LabServer, hasRoom: boolean): Promise<ServerReport> {
  const [account] = await server.addAccounts(["reporter"]);
  if (account === undefined) throw new Error("no account");
  const connection = client({
    service: server.wsUri,
    domain: server.domain,
    username: "reporter",
    password: account.password,
  });
  connection.on("error", () => {
    // What fails rejects the call that needed it.
  });
  xmppTransport(connection); // as an application has it: streams are managed before anything is sent
  await connection.start();
  try {
    if (!hasRoom) return await reportServer(connection, { probe: true });
    const room = `fit@${server.roomDomain}`;
    await enter(connection, room);
    return await reportServer(connection, { probe: true, room });
  } finally {
    await connection.stop();
  }
}

/** Entering a room that is not there makes it, as the server makes rooms. */
async function enter(connection: ReturnType<typeof client>, room: string): Promise<void> {
  const seat = `${room}/reporter`;
  const entered = new Promise<void>((resolve) => {
    connection.on("stanza", (stanza) => {
      if (stanza.is("presence") && stanza.attrs.from === seat) resolve();
    });
  });
  await connection.send(
    xml("presence", { to: seat }, xml("x", { xmlns: "http://jabber.org/protocol/muc" })),
  );
  await entered;
}
