import {
  addDevice,
  combineLies,
  hideDevice,
  type SeededRandom,
  type ServerBehaviour,
  shuffleArchive,
  shuffleDevices,
} from "@omemo/testkit";
import type { Ledger } from "./ledger.js";

/** What a server may do for a while: hide a device, invent one, tell them in another order. */
export function deceive(ledger: Ledger, dice: SeededRandom): ServerBehaviour {
  const devices = [...ledger.devices.values()];
  if (devices.length === 0) return {};
  const { jid, deviceId } = dice.pick(devices);
  const shuffled = shuffleDevices(dice.fork(`lists of ${jid} ${deviceId}`));
  const lists = dice.pick([
    {},
    hideDevice(jid, deviceId),
    addDevice(jid, 1 + dice.below(1000)),
    combineLies(hideDevice(jid, deviceId), shuffled),
  ]);
  const archives = dice.chance(0.5) ? shuffleArchive(dice.fork(`archive ${jid} ${deviceId}`)) : {};
  return combineLies(lists, archives);
}
