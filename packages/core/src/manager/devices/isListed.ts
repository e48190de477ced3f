import type { OmemoDevice } from "../../domain/device.js";
import type { OmemoVersion } from "../../domain/version.js";
import type { Context } from "../context.js";
import { loadLists, refreshList } from "./deviceLists.js";

/** Asks the owner's newest list: a device that its owner does not list gets no session [O2-131]. */
export async function isListed(
  context: Context,
  version: OmemoVersion,
  device: OmemoDevice,
): Promise<boolean> {
  await refreshList(context, device.jid, version);
  const [account] = await loadLists(context, [device.jid]);
  const list = account?.lists.find((each) => each.version === version);
  return list?.record?.devices.some(({ deviceId }) => deviceId === device.deviceId) ?? false;
}
