import type { DecisionNote } from "@omemo/trust";
import { type Command, textField } from "../command.js";
import type { Peer } from "../peer.js";
import { findKey } from "./findKey.js";
import { levelField } from "./levelField.js";

/** Decides about a `key` of an account. */
export async function trust(peer: Peer, command: Command): Promise<null> {
  const level = levelField(command);
  await peer.trust.decide(await findKey(peer, command), level, noteOf(command));
  return null;
}

/** Who decides and why, for the log of decisions. */
export function noteOf(command: Command): DecisionNote {
  return {
    ...(command.by !== undefined && { by: textField(command, "by") }),
    ...(command.why !== undefined && { why: textField(command, "why") }),
  };
}
