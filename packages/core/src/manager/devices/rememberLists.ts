import type { BareJid } from "../../domain/jid.js";
import type { OmemoVersion } from "../../domain/version.js";
import {
  type DeviceListRecord,
  deviceListCodec,
  withNewList,
} from "../../session/records/deviceListRecord.js";
import { deviceListKey } from "../../session/records/recordKeys.js";
import { retryOnConflict } from "../../store/retryOnConflict.js";
import type { DeviceList } from "../../wire/deviceList.js";
import type { Context } from "../context.js";

/** A list as it was fetched or pushed. */
export interface FetchedList {
  readonly owner: BareJid;
  readonly version: OmemoVersion;
  readonly list: DeviceList;
}

/**
 * Stores the newest lists, each another one, in one commit, and tells the application which changed;
 * with `expected`, only while that is still the newest.
 */
export async function rememberLists(
  context: Context,
  fetched: readonly FetchedList[],
  expected?: DeviceList,
): Promise<void> {
  const most = context.limits.maxDevicesPerAccount;
  const keys = fetched.map(({ owner, version }) => deviceListKey(version, owner));
  const changed = await retryOnConflict(async () => {
    const stored = await context.store.get(keys);
    const plans = fetched.map(({ list }, index) => {
      const record = stored[index];
      const before = record && deviceListCodec.decode(record);
      const isOutdated = expected !== undefined && !isSame(before, expected.devices.slice(0, most));
      const after = withNewList(before, list.devices.slice(0, most), context.clock.now());
      return { isOutdated, after, didChange: !isOutdated && !isSame(before, after.devices) };
    });
    if (plans.every(({ isOutdated }) => isOutdated)) return [];
    await context.store.commit({
      check: keys.map((key, index) => ({ key, version: stored[index]?.version })),
      put: keys.map((key, index) => {
        return { key, value: deviceListCodec.encode((plans[index] as (typeof plans)[0]).after) };
      }),
      delete: [],
    });
    return fetched.filter((_, index) => plans[index]?.didChange);
  });
  for (const { owner, version, list } of changed) {
    const devices = list.devices.map(({ deviceId }) => ({ jid: owner, deviceId }));
    context.events.notify("device-list", { owner, version, devices });
  }
}

function isSame(
  record: DeviceListRecord | undefined,
  devices: DeviceListRecord["devices"],
): boolean {
  return JSON.stringify(record?.devices ?? []) === JSON.stringify(devices);
}

/** Keeps lists as they come, many in one commit. */
export interface ListWriter {
  add(fetched: FetchedList): Promise<void>;
  /** What was added is durable afterwards. */
  flush(): Promise<void>;
}

/** Lists of one commit: of a room of 200 members there are two commits, of a conversation one. */
const LISTS_PER_COMMIT = 200;

export function createListWriter(context: Context): ListWriter {
  let waiting: readonly FetchedList[] = [];
  const flush = async (): Promise<void> => {
    const due = waiting;
    waiting = [];
    if (due.length > 0) await rememberLists(context, due);
  };
  return {
    add: async (fetched) => {
      waiting = [...waiting, fetched];
      if (waiting.length >= LISTS_PER_COMMIT) await flush();
    },
    flush,
  };
}
