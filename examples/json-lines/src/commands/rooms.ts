import { type BareJid, bareJid } from "@omemo/core";
import { configureRoom, grantAffiliation } from "@omemo/core/wire";
import { type Command, numberField, textField } from "../command.js";
import { describeRoomSent } from "../describe.js";
import type { Peer } from "../peer.js";
import { contentOf, optionsOf } from "./send.js";

/** Enters a room; `history` says how many older messages it shall repeat. */
export async function join(peer: Peer, command: Command): Promise<null> {
  const history = command.history === undefined ? 0 : numberField(command, "history");
  await peer.enter(roomField(command), nickField(peer, command), history);
  return null;
}

/** Makes a members-only, non-anonymous room, and others members of it. */
export async function makeRoom(peer: Peer, command: Command): Promise<null> {
  const room = roomField(command);
  const members = membersField(command);
  await peer.enter(room, nickField(peer, command), 0);
  await peer.request(configureRoom(room));
  for (const jid of members) await peer.request(grantAffiliation(room, jid, "member"));
  const { failed } = await peer.manager.roomSupportsOmemo(room);
  if (failed.length > 0) throw new Error(`the server made a room that is not ${failed.join(", ")}`);
  return null;
}

/** Encrypts a `body`, any `content`, or both, for all members of a room that we are in. */
export async function sendToRoom(peer: Peer, command: Command): Promise<null> {
  const room = roomField(command);
  const sent = await peer.manager.sendRoomContent(room, contentOf(command), optionsOf(command));
  for (const event of describeRoomSent(sent)) await peer.emit(event);
  return null;
}

function roomField(command: Command): BareJid {
  return bareJid(textField(command, "room"));
}

function nickField({ manager }: Peer, command: Command): string {
  const account = manager.getOwnDevice().jid.replace(/@.*/, "");
  return command.nick === undefined ? account : textField(command, "nick");
}

function membersField({ members = [] }: Command): readonly BareJid[] {
  if (Array.isArray(members) && members.every((jid) => typeof jid === "string")) {
    return members.map((jid: string) => bareJid(jid));
  }
  throw new Error('"members" is a list of addresses');
}
