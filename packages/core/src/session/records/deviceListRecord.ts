import type { OmemoVersion } from "../../domain/version.js";
import type { DeviceListEntry } from "../../wire/deviceList.js";
import { type NeutralCodec, neutralCodec } from "./neutralRecord.js";

/** The newest device list of an account, per version. */
export interface DeviceListRecord {
  readonly devices: readonly DeviceListEntry[];
  /** Devices that were on the list once: not encrypted for, and not forgotten for long [O2-172, L-12]. */
  readonly inactive: readonly number[];
  /** When the newest list without it came, by id; absent in what earlier versions wrote. */
  readonly inactiveSince?: Readonly<Record<string, number>>;
  /** When it was fetched or pushed, ms since 1970. */
  readonly seenAt: number;
  /** Since when a device is listed without a break, by id, as far as it was seen; ms since 1970. */
  readonly listedSince?: Readonly<Record<string, number>>;
}

/** A list that grows with every visit of a hostile server must end somewhere. */
const MAX_INACTIVE = 500;

export const deviceListCodec: NeutralCodec<DeviceListRecord> = neutralCodec(1);

/** The record after a newer list arrived. */
export function withNewList(
  record: DeviceListRecord | undefined,
  devices: readonly DeviceListEntry[],
  now: number,
): DeviceListRecord {
  const active = new Set<number>(devices.map((device) => device.deviceId));
  const before = record?.devices.map((device): number => device.deviceId) ?? [];
  const gone = new Set([...before, ...(record?.inactive ?? [])].filter((id) => !active.has(id)));
  const inactive = [...gone].slice(0, MAX_INACTIVE);
  const absent = inactive.map((id) => [id, (record && inactiveSince(record, id)) ?? now]);
  return {
    devices,
    inactive,
    inactiveSince: Object.fromEntries(absent),
    seenAt: now,
    listedSince: listedSince(record, active, now),
  };
}

/** Since when a device is not on the list that named it once; never too early. */
export function inactiveSince(record: DeviceListRecord, id: number): number | undefined {
  if (!record.inactive.includes(id)) return undefined;
  return record.inactiveSince?.[id] ?? record.seenAt;
}

/** Of devices that were listed before this was noted, it is not known. */
function listedSince(
  record: DeviceListRecord | undefined,
  active: ReadonlySet<number>,
  now: number,
): Readonly<Record<string, number>> {
  const before = new Set<number>(record?.devices.map((device) => device.deviceId));
  const entries = [...active].flatMap((id) => {
    const since = before.has(id) ? record?.listedSince?.[id] : now;
    return since === undefined ? [] : [[id, since] as const];
  });
  return Object.fromEntries(entries);
}

/** The accounts' lists of one version. */
export interface DeviceListsOf {
  readonly version: OmemoVersion;
  readonly record: DeviceListRecord | undefined;
}
