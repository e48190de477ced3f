import { fingerprint, type OmemoIdentity } from "@omemo/core";
import { type Command, textField } from "../command.js";
import type { Peer } from "../peer.js";

/** The device that shows the `key` of a command, of the account `jid`. */
export async function findKey({ manager }: Peer, command: Command): Promise<OmemoIdentity> {
  const jid = textField(command, "jid");
  const key = fingerprint(textField(command, "key"));
  const known = await manager.getDevicesOf(jid);
  const found = known.find((info) => info.fingerprint === key);
  if (found !== undefined) return { ...found.device, fingerprint: key };
  throw new Error(`${jid} has no device with this key, as far as is known: ask for its devices`);
}
