import type { OmemoIdentity } from "../../domain/device.js";
import type { RecordPut } from "../../ports/store.js";
import { type DeviceRecord, keyStatus } from "../../session/records/deviceRecord.js";
import { identityNewsKey, type News } from "../../session/records/newsRecord.js";
import type { Context } from "../context.js";

/** For the commit: keeps the news of a key that a device shows for the first time [O2-109]. */
export function identityRecord(
  { news }: Pick<Context, "news">,
  identity: OmemoIdentity,
  before: DeviceRecord | undefined,
): readonly RecordPut[] {
  const change = changeOf(identity, before);
  return change === undefined ? [] : news.record(identityNewsKey(identity), change);
}

/** After the commit: says so. */
export function tellIdentity(
  { news }: Pick<Context, "news">,
  identity: OmemoIdentity,
  before: DeviceRecord | undefined,
): void {
  const change = changeOf(identity, before);
  if (change !== undefined) news.tell([identityNewsKey(identity)], change);
}

function changeOf(identity: OmemoIdentity, before: DeviceRecord | undefined): News | undefined {
  const status = keyStatus(before, identity.fingerprint);
  if (status === "known") return undefined;
  return { event: "identity", payload: { identity, isChangedKey: status === "changed" } };
}
