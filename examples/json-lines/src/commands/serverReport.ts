import { type ServerReport, writeReport } from "@omemo/xmpp-client/report";
import { type Command, textField } from "../command.js";
import type { Peer } from "../peer.js";

/** What the server can do, as data and as `text`; tries it out if `probe` is true. */
export async function serverReport(
  peer: Peer,
  command: Command,
): Promise<ServerReport & { readonly text: string }> {
  const { probe = false, room } = command;
  if (typeof probe !== "boolean") throw new Error('"probe" is true or false');
  const options = { probe, ...(room !== undefined && { room: textField(command, "room") }) };
  const report = await peer.reportServer(options);
  return { ...report, text: writeReport(report) };
}
