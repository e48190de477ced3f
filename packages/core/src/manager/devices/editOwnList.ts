import type { DeviceId } from "../../domain/device.js";
import { isOmemoError } from "../../domain/error.js";
import type { OmemoVersion } from "../../domain/version.js";
import { type DeviceList, listedIds, writeDeviceList } from "../../wire/deviceList.js";
import { DEVICE_LIST_ITEM, deviceListNode } from "../../wire/namespaces.js";
import { serialize } from "../../wire/xml/serialize.js";
import { type Context, ownDevice } from "../context.js";
import { fetchList, rememberList } from "./deviceLists.js";

/** What became of the own device list of one version. */
export interface OwnListEdit {
  readonly version: OmemoVersion;
  /** Devices that were on it and are no more. */
  readonly removed: readonly DeviceId[];
  /** Why it is as before; `undefined` when all went well. */
  readonly error: unknown;
}

/**
 * Fetches the newest own list, changes it, and publishes it when that made a difference [O2-17,
 * L-04]. To be called within {@link Publishing}.
 */
export async function editOwnList(
  context: Context,
  version: OmemoVersion,
  edit: (list: DeviceList) => DeviceList | Promise<DeviceList>,
  signal?: AbortSignal,
): Promise<DeviceList> {
  const { jid } = ownDevice(context);
  const before = await fetchList(context, jid, version, signal);
  await rememberList(context, jid, version, before);
  const after = await edit(before);
  const payload = writeDeviceList(version, after);
  if (serialize(payload) === serialize(writeDeviceList(version, before))) return before;
  await context.transport.publishItem(deviceListNode(version), DEVICE_LIST_ITEM, payload, {
    access: "open",
    maxItems: 1,
  });
  // Unless a push told of a newer one meanwhile.
  await rememberList(context, jid, version, after, before);
  return before;
}

/**
 * Takes devices off our lists of all versions we speak; one that cannot be changed keeps us from no
 * other. @throws the first error when none could be changed.
 */
export async function editOwnLists(
  context: Context,
  edit: (list: DeviceList, version: OmemoVersion) => DeviceList | Promise<DeviceList>,
  signal?: AbortSignal,
): Promise<readonly OwnListEdit[]> {
  const edits: OwnListEdit[] = [];
  for (const version of context.options.versions) {
    let removed: readonly DeviceId[] = [];
    const change = async (list: DeviceList): Promise<DeviceList> => {
      const after = await edit(list, version);
      const left = new Set(listedIds(after));
      removed = listedIds(list).filter((id) => !left.has(id));
      return after;
    };
    try {
      await context.publishing.run(() => editOwnList(context, version, change, signal));
      edits.push({ version, removed, error: undefined });
    } catch (error) {
      if (isOmemoError(error) && error.code !== "transport-failure") throw error;
      edits.push({ version, removed: [], error });
    }
  }
  if (edits.every(({ error }) => error !== undefined)) throw edits[0]?.error;
  return edits;
}
