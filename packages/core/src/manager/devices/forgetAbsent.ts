import type { DeviceId, OmemoDevice } from "../../domain/device.js";
import { isSameDevice } from "../../domain/device.js";
import type { BareJid } from "../../domain/jid.js";
import { LEGACY, OMEMO_2 } from "../../domain/version.js";
import type { RecordKey, StoredRecord } from "../../ports/store.js";
import { latest } from "../../session/devices/activity.js";
import {
  type DeviceListRecord,
  deviceListCodec,
  inactiveSince,
} from "../../session/records/deviceListRecord.js";
import { deviceCodec } from "../../session/records/deviceRecord.js";
import {
  automaticKey,
  deviceKey,
  deviceListKey,
  sessionsOfDevicePrefixes,
  shownKey,
} from "../../session/records/recordKeys.js";
import { decodeSession } from "../../session/records/sessionRecord.js";
import { retryOnConflict } from "../../store/retryOnConflict.js";
import { type Context, ownDevice } from "../context.js";

/** Also one that this manager does not speak: what it lists is not gone. */
const ALL_VERSIONS = [OMEMO_2, LEGACY] as const;

/**
 * Forgets keys and sessions of devices that no list names and that have given no sign of life for
 * `limits.forgetDeviceAge`. What was decided about their keys is kept [O2-172].
 */
export async function forgetAbsent(context: Context): Promise<void> {
  const devices: OmemoDevice[] = [];
  for await (const { key } of context.store.list(["device"])) {
    const [, jid, deviceId] = key;
    devices.push({ jid: jid as BareJid, deviceId: Number(deviceId) as DeviceId });
  }
  const own = ownDevice(context);
  for (const device of devices) {
    if (context.lifetime.isOver) return;
    if (isSameDevice(device, own)) continue;
    // In turns of their own: messages need not wait for all of them.
    await context.mailbox.run(() => retryOnConflict(() => forgetIfAbsent(context, device)));
  }
}

async function forgetIfAbsent(context: Context, device: OmemoDevice): Promise<void> {
  const { store, clock, limits } = context;
  const [stored, ...lists] = await store.get([
    deviceKey(device),
    ...ALL_VERSIONS.map((version) => deviceListKey(version, device.jid)),
  ]);
  const known = lists.flatMap((list) => (list === undefined ? [] : [deviceListCodec.decode(list)]));
  if (stored === undefined || known.some((list) => isListed(list, device))) return;
  const sessions = await recordsOf(context, device);
  const lastSignAt = latest([
    ...deviceCodec.decode(stored).keys.map(({ firstSeenAt }) => firstSeenAt),
    ...known.map((list) => inactiveSince(list, device.deviceId)),
    ...sessions
      .filter(({ key }) => key[0] === "session")
      .map((record) => decodeSession(record).lastReceivedAt),
  ]);
  if (lastSignAt === undefined || clock.now() - lastSignAt < limits.forgetDeviceAge) return;
  const read = [stored, ...sessions, ...lists].filter((record) => record !== undefined);
  await store.commit({
    check: read.map(({ key, version }) => ({ key, version })),
    put: lists.flatMap((list) => (list === undefined ? [] : [without(list, device)])),
    delete: [
      stored.key,
      ...sessions.map(({ key }) => key),
      automaticKey("answer", device),
      automaticKey("repair", device),
      shownKey(device),
    ],
  });
}

function isListed({ devices }: DeviceListRecord, { deviceId }: OmemoDevice): boolean {
  return devices.some((listed) => listed.deviceId === deviceId);
}

/** Its sessions and their parts, with each key that it showed and in each version. */
async function recordsOf(
  { store }: Context,
  device: OmemoDevice,
): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  for (const prefix of ALL_VERSIONS.flatMap((each) => sessionsOfDevicePrefixes(each, device))) {
    for await (const record of store.list(prefix)) records.push(record);
  }
  return records;
}

function without(
  list: StoredRecord,
  { deviceId }: OmemoDevice,
): { readonly key: RecordKey; readonly value: Uint8Array } {
  const record = deviceListCodec.decode(list);
  const inactive = record.inactive.filter((id) => id !== deviceId);
  return { key: list.key, value: deviceListCodec.encode({ ...record, inactive }) };
}
