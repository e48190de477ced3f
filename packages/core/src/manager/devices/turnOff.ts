import { type DeviceId, deviceId } from "../../domain/device.js";
import { isOmemoError } from "../../domain/error.js";
import { LEGACY, OMEMO_2, type OmemoVersion } from "../../domain/version.js";
import { keyIdsKey, turnedOffKey } from "../../session/records/recordKeys.js";
import { turnedOffCodec } from "../../session/records/turnedOffRecord.js";
import { keepDevices, listedIds, withoutDevice } from "../../wire/deviceList.js";
import { bundleNode } from "../../wire/namespaces.js";
import { type Context, ownDevice } from "../context.js";
import { loadLists } from "./deviceLists.js";
import { editOwnList } from "./editOwnList.js";
import { isTurnedOff } from "./publishing.js";

/** How much of the account is to go. */
export interface TurnOffOptions {
  /**
   * All devices of the account and all bundles, not only this one's. Those that are at work publish
   * themselves again as soon as they notice.
   */
  readonly wholeAccount?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Takes us off the lists, then withdraws the bundles: the reverse of announcing [O2-170, O2-171].
 * What is wanted is on record before the first step. Every step may be repeated.
 * @throws the first error, after trying every version.
 */
export async function turnOff(context: Context, options: TurnOffOptions): Promise<void> {
  const value = turnedOffCodec.encode({ since: context.clock.now() });
  await context.store.commit({ check: [], put: [{ key: turnedOffKey, value }], delete: [] });
  const errors: unknown[] = [];
  for (const version of await announcedVersions(context)) {
    try {
      await withdraw(context, version, options);
    } catch (error) {
      if (isOmemoError(error) && error.code !== "transport-failure") throw error;
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

/** Those that we speak, and those that an earlier run spoke with other options or another backend. */
async function announcedVersions({ store, options }: Context): Promise<readonly OmemoVersion[]> {
  const others = [OMEMO_2, LEGACY].filter((version) => !options.versions.includes(version));
  const keyIds = await store.get(others.map(keyIdsKey));
  return [...options.versions, ...others.filter((_, index) => keyIds[index] !== undefined)];
}

/** The reverse: from now on it is allowed to publish. */
export async function turnOn(context: Context): Promise<void> {
  if (!(await isTurnedOff(context))) return;
  await context.store.commit({ check: [], put: [], delete: [turnedOffKey] });
}

/** Takes this device, or all, out of one version. */
export function withdraw(
  context: Context,
  version: OmemoVersion,
  { wholeAccount = false, signal }: TurnOffOptions = {},
): Promise<void> {
  const own = ownDevice(context);
  return context.publishing.withdraw(async () => {
    const before = await editOwnList(
      context,
      version,
      (list) => (wholeAccount ? keepDevices(list, () => false) : withoutDevice(list, own.deviceId)),
      signal,
    );
    const others = wholeAccount ? await knownIds(context, version, listedIds(before)) : [];
    await removeBundles(context, version, wholeAccount, [...new Set([own.deviceId, ...others])]);
  });
}

/** The listed ones, and those that an earlier attempt took off the list. */
async function knownIds(
  context: Context,
  version: OmemoVersion,
  listed: readonly DeviceId[],
): Promise<readonly DeviceId[]> {
  const [account] = await loadLists(context, [ownDevice(context).jid]);
  const record = account?.lists.find((list) => list.version === version)?.record;
  return [...listed, ...(record?.inactive ?? []).map(deviceId)];
}

async function removeBundles(
  { transport }: Context,
  version: OmemoVersion,
  wholeAccount: boolean,
  ids: readonly DeviceId[],
): Promise<void> {
  for (const id of ids) {
    const { node, itemId } = bundleNode(version, id);
    if (version !== OMEMO_2) await transport.deleteNode(node);
    else if (!wholeAccount) await transport.retractItem(node, itemId);
    else return transport.deleteNode(node); // one for all devices
  }
}
