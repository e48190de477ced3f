import type { DeviceInfo } from "@omemo/core";
import { type Command, numberField, textField } from "../command.js";
import type { Peer } from "../peer.js";

/** The device that a command names by `jid` and `device`. */
export async function findDevice(peer: Peer, command: Command): Promise<DeviceInfo> {
  const jid = textField(command, "jid");
  const id = numberField(command, "device");
  const known = await peer.manager.getDevicesOf(jid);
  const found = known.find(({ device }) => device.deviceId === id);
  if (found === undefined) throw new Error(`${jid} has no device ${id}, as far as is known`);
  return found;
}
