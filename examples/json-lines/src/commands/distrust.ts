import type { Command } from "../command.js";
import type { Peer } from "../peer.js";
import { findKey } from "./findKey.js";
import { noteOf } from "./trust.js";

/** Nothing is sent any more to the device that shows a `key` of an account. */
export async function distrust(peer: Peer, command: Command): Promise<null> {
  await peer.trust.decide(await findKey(peer, command), "untrusted", noteOf(command));
  return null;
}
