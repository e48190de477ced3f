import { xmppTransport } from "@omemo/xmpp-client";
import { reportServer, type ServerReport } from "@omemo/xmpp-client/report";
import { client } from "@xmpp/client";
import type { LabServer } from "../harness/startServer.js";

/** The report that a client of a new account gets, with a probe. */
export async function takeReport(server: LabServer): Promise<ServerReport> {
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
    return await reportServer(connection, { probe: true });
  } finally {
    await connection.stop();
  }
}
