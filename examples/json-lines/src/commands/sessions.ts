import type { Command } from "../command.js";
import type { Peer } from "../peer.js";
import { findDevice } from "./findDevice.js";

/** Throws the sessions with a device away and builds new ones; answers with what went wrong: nothing. */
export async function replace(peer: Peer, command: Command): Promise<Record<string, never>> {
  const { device } = await findDevice(peer, command);
  await peer.manager.replaceSession(device);
  return {};
}

/** For each version, how many messages were sent since the device was last heard from. */
export async function chain(peer: Peer, command: Command): Promise<Record<string, number>> {
  const { sessions } = await findDevice(peer, command);
  return Object.fromEntries(sessions.map(({ version, unanswered }) => [version, unanswered]));
}
