import type { OmemoDevice } from "../../domain/device.js";
import { isOmemoError, OmemoError } from "../../domain/error.js";
import type { OmemoVersion } from "../../domain/version.js";
import type { StoredRecord } from "../../ports/store.js";
import { currentIdentity, deviceCodec } from "../../session/records/deviceRecord.js";
import { rebuildCodec } from "../../session/records/generationRecord.js";
import {
  deviceKey,
  rebuildPrefix,
  recoveryKey,
  sessionKey,
} from "../../session/records/recordKeys.js";
import type { Context } from "../context.js";
import type { BundleSource } from "../devices/bundles.js";
import { isListed } from "../devices/isListed.js";
import { sleepWithin } from "../scheduling/lifetime.js";
import { sendEmpty } from "../sending/emptyMessage.js";
import type { Outbox } from "../sending/outbox.js";

/** Between two devices, ms: peers and servers are not to be flooded. */
const PAUSE = 1000;

/**
 * Starts new sessions with the devices whose sessions a recovery dropped, one after another, and
 * announces each by an empty message. What is done is struck off, so that a crash goes on with the
 * rest.
 */
export async function rebuildSessions(
  context: Context,
  bundles: BundleSource,
  outbox: Outbox,
): Promise<void> {
  const { store, lifetime, clock } = context;
  const records: StoredRecord[] = [];
  for await (const record of store.list(rebuildPrefix)) records.push(record);
  for (const record of records) {
    if (lifetime.isOver) throw new OmemoError("aborted", "the manager was closed");
    const [, jid = "", deviceId = ""] = record.key;
    const device = { jid, deviceId: Number(deviceId) } as OmemoDevice;
    await rebuildOne(context, bundles, outbox, device, rebuildCodec.decode(record).versions);
    await store.commit({ check: [], put: [], delete: [record.key] });
    await sleepWithin(lifetime, clock, PAUSE);
  }
  await store.commit({ check: [], put: [], delete: [recoveryKey] });
}

/** A device that cannot be reached now gets its session when one of us writes to the other. */
async function rebuildOne(
  context: Context,
  bundles: BundleSource,
  outbox: Outbox,
  device: OmemoDevice,
  dropped: readonly OmemoVersion[],
): Promise<void> {
  const isOwn = device.jid === context.account().jid;
  if (!isOwn && !context.options.mayAnswer(device.jid)) return;
  const versions = context.options.versions.filter((version) => dropped.includes(version));
  try {
    if (await hasSession(context, device, versions)) return;
    const listed: OmemoVersion[] = [];
    for (const version of versions) {
      if (await isListed(context, version, device).catch(ignoreRefusal)) listed.push(version);
    }
    if (listed.length === 0) return;
    await sendEmpty(context, bundles, outbox, {
      device,
      versions: listed,
      purpose: "start-session",
    });
  } catch (error) {
    ignoreRefusal(error);
  }
}

/** A list that cannot be read lists nobody, and keeps us from no other list. */
function ignoreRefusal(error: unknown): false {
  if (!isOmemoError(error) || error.code !== "transport-failure") throw error;
  return false;
}

async function hasSession(
  { store }: Context,
  device: OmemoDevice,
  versions: readonly OmemoVersion[],
): Promise<boolean> {
  const [stored] = await store.get([deviceKey(device)]);
  const identity = currentIdentity(device, stored && deviceCodec.decode(stored));
  if (identity === undefined) return false;
  const sessions = await store.get(versions.map((version) => sessionKey(version, identity)));
  return sessions.some((session) => session !== undefined);
}
