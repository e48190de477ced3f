import { type Command, numberField } from "../command.js";
import type { Peer } from "../peer.js";
import { levelField } from "./levelField.js";

/** Decides about the key that an `undecided` event asked about; `UNDECIDED` stops the message. */
export async function answer({ questions }: Peer, command: Command): Promise<null> {
  const level = levelField(command);
  questions.answer(numberField(command, "question"), level === "undecided" ? undefined : level);
  return null;
}
