import type { OmemoVersion } from "../../domain/version.js";
import type { DeviceListEntry } from "../../wire/deviceList.js";
import { type NeutralCodec, neutralCodec } from "./neutralRecord.js";

/** The newest device list of an account, per version. */
export interface DeviceListRecord {
  readonly devices: readonly DeviceListEntry[];
  /** Devices that were on the list once: not encrypted for, never forgotten here [O2-172, L-12]. */
  readonly inactive: readonly number[];
  /** When it was fetched or pushed, ms since 1970. */
  readonly seenAt: number;
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
  return { devices, inactive: [...gone].slice(0, MAX_INACTIVE), seenAt: now };
}

/** The accounts' lists of one version. */
export interface DeviceListsOf {
  readonly version: OmemoVersion;
  readonly record: DeviceListRecord | undefined;
}
