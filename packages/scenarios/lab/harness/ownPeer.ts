import { join } from "node:path";
import { JsonLinesPeer } from "./jsonLinesPeer.js";
import { jsonLinesEntry } from "./labPrograms.js";
import type { LaunchPeer } from "./peer.js";

/**
 * Our own client, as a user would run it, over TCP (with STARTTLS) or WebSocket. Of an option that
 * is among `more` as well the last one counts.
 */
export function ownPeer(
  over: "tcp" | "websocket",
  backend = "noble",
  ...more: readonly string[]
): LaunchPeer {
  return ({ server, account, resource, folder }) =>
    JsonLinesPeer.start({
      name: `json-lines ${account.jid}/${resource}`,
      program: process.execPath,
      args: [
        ...[jsonLinesEntry, "--service", over === "tcp" ? server.tcpUri : server.wsUri],
        ...["--jid", account.jid, "--password", account.password, "--resource", resource],
        ...["--state", join(folder, "state"), "--trust", "blind", "--backend", backend],
        ...more,
      ],
      env: server.env,
    });
}
