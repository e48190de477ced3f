import { join } from "node:path";
import { JsonLinesPeer } from "../harness/jsonLinesPeer.js";
import { jsonLinesEntry } from "../harness/labPrograms.js";
import type { LaunchPeer } from "../harness/peer.js";

/** Where the state of all peers lies, or undefined for a file of its own for each. */
export type SharedState = string | undefined;

/** Our own client over the store that a module opens. */
export function storePeer(module: string, shared: SharedState): LaunchPeer {
  return ({ server, account, resource, folder }) =>
    JsonLinesPeer.start({
      name: `json-lines ${account.jid}/${resource}`,
      program: process.execPath,
      args: [
        ...[jsonLinesEntry, "--service", server.tcpUri, "--resource", resource],
        ...["--jid", account.jid, "--password", account.password, "--trust", "blind"],
        ...["--store-module", module, "--state", shared ?? join(folder, "state")],
      ],
      env: server.env,
    });
}
