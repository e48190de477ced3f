import { bareJid, type OmemoVersion, type XmlElement } from "@omemo/core";
import {
  type DeviceList,
  type DeviceListEntry,
  deviceListNode,
  readDeviceList,
  writeDeviceList,
} from "@omemo/core/wire";
import type { Simulation } from "@omemo/testkit";

/** An item that an account published, as its server keeps it. */
export function published(
  world: Simulation,
  account: string,
  node: string,
  itemId = "current",
): XmlElement | undefined {
  return world.network.account(account).pep.nodes.get(node)?.items.get(itemId);
}

/** Entries of the list on the server. */
export function listed(
  world: Simulation,
  account: string,
  version: OmemoVersion,
): readonly DeviceListEntry[] {
  const list = readDeviceList(version, published(world, account, deviceListNode(version)));
  return "kind" in list ? [] : list.devices;
}

/** Changes an account's list behind its back, as another client of it would. */
export async function editList(
  world: Simulation,
  account: string,
  version: OmemoVersion,
  edit: (list: DeviceList) => DeviceList,
): Promise<void> {
  const other = world.network.connect(account, "other-client");
  await world.runFor(1000);
  const node = deviceListNode(version);
  const found = await world.complete(other.fetchItem(bareJid(account), node, "current"));
  const list = readDeviceList(version, found);
  if ("kind" in list) throw new RangeError("the list is malformed");
  const payload = writeDeviceList(version, edit(list));
  const options = { access: "open", maxItems: 1 } as const;
  await world.complete(other.publishItem(node, "current", payload, options));
  await world.runFor(1000);
}
