import { join } from "node:path";
import { JsonLinesPeer } from "./jsonLinesPeer.js";
import { debianPython, labFile } from "./labPrograms.js";
import type { LaunchPeer } from "./peer.js";

/** Which versions of OMEMO a client speaks. */
export type SpokenVersions = "omemo2" | "legacy" | "both";

/** python-omemo under slixmpp; it checks all that it reads against XML schemas. */
export function twomemoPeer(versions: SpokenVersions, ...more: readonly string[]): LaunchPeer {
  return ({ server, account, resource, folder }) =>
    JsonLinesPeer.start({
      name: `twomemo ${account.jid}/${resource}`,
      program: debianPython,
      args: [
        ...[labFile("twomemo_peer.py"), "--jid", account.jid, "--password", account.password],
        ...["--port", `${server.tcpPort}`, "--ca", server.caFile, "--resource", resource],
        ...["--ns", versions, "--state", join(folder, "state.json"), ...more],
      ],
    });
}
