import type { SkipReason } from "@omemo/core";
import { type Command, textField } from "../command.js";
import type { Peer } from "../peer.js";
import { findDevice } from "./findDevice.js";

/**
 * Throws sessions away and builds new ones: with a `device`, with all devices of an account, or all
 * there are. Answers with the devices whose session stays as it was, and why.
 */
export async function replace(
  peer: Peer,
  command: Command,
): Promise<Readonly<Record<number, SkipReason>>> {
  const { manager } = peer;
  if (command.jid === undefined) await manager.rebuildSessions();
  else if (command.device === undefined) {
    const { skipped } = await manager.replaceSessionsOf(textField(command, "jid"));
    return Object.fromEntries(skipped.map(({ device, reason }) => [device.deviceId, reason]));
  } else {
    const { device } = await findDevice(peer, command);
    await manager.replaceSession(device);
  }
  return {};
}

/** Moves the ratchet with a device on; answers whether anything left. */
export async function update(peer: Peer, command: Command): Promise<boolean> {
  const { device } = await findDevice(peer, command);
  return peer.manager.sendRatchetUpdateMessage(device);
}

/** For each version, how many messages were sent since the device was last heard from. */
export async function chain(peer: Peer, command: Command): Promise<Record<string, number>> {
  const { sessions } = await findDevice(peer, command);
  return Object.fromEntries(sessions.map(({ version, unanswered }) => [version, unanswered]));
}
