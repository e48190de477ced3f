import { fingerprint, type TrustState } from "@omemo/core";
import { type Command, textField } from "../command.js";
import { TRUST_LEVELS } from "../describe.js";
import type { Peer } from "../peer.js";

/** Decides about a `key` of an account. */
export async function trust(peer: Peer, command: Command): Promise<null> {
  const jid = textField(command, "jid");
  const key = fingerprint(textField(command, "key"));
  const state = stateOf(textField(command, "level"));
  const known = await peer.manager.getDevicesOf(jid);
  const found = known.find((info) => info.fingerprint === key);
  if (found === undefined) {
    throw new Error(`${jid} has no device with this key, as far as is known: ask for its devices`);
  }
  await peer.trust.setTrust({ ...found.device, fingerprint: key }, state);
  return null;
}

function stateOf(level: string): TrustState {
  const states = Object.keys(TRUST_LEVELS) as TrustState[];
  const state = states.find((each) => TRUST_LEVELS[each] === level);
  if (state === undefined) {
    throw new Error(`"level" is one of: ${Object.values(TRUST_LEVELS).join(", ")}`);
  }
  return state;
}
