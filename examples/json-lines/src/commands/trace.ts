import { writeFile } from "node:fs/promises";
import { type Command, textField } from "../command.js";
import type { Peer } from "../peer.js";

/** The trace as lines, or in a `file`: to be attached to a bug report as it is. */
export async function trace(peer: Peer, command: Command): Promise<readonly unknown[] | null> {
  const text = await peer.writeTrace();
  if (command.file === undefined) {
    return text
      .trim()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
  }
  await writeFile(textField(command, "file"), text);
  return null;
}
