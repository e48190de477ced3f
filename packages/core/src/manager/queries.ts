import type { OmemoDevice, OmemoFingerprint } from "../domain/device.js";
import { isOmemoError } from "../domain/error.js";
import type { BareJid } from "../domain/jid.js";
import type { OmemoVersion } from "../domain/version.js";
import { currentIdentity, deviceCodec } from "../session/records/deviceRecord.js";
import { deviceKey, sessionKey } from "../session/records/recordKeys.js";
import type { Context } from "./context.js";
import { currentLists, loadLists } from "./deviceLists.js";
import { readSession } from "./sessions.js";

/** What is known of a device. */
export interface DeviceInfo {
  readonly device: OmemoDevice;
  /** Versions whose newest list names it; empty when it is inactive. */
  readonly versions: readonly OmemoVersion[];
  /** `undefined` until its key was seen. */
  readonly fingerprint: OmemoFingerprint | undefined;
  /** Versions in which a session exists. */
  readonly sessions: readonly {
    readonly version: OmemoVersion;
    /** Messages sent since it was last heard from. */
    readonly unanswered: number;
    /** Ms since 1970; 0: never. */
    readonly lastReceivedAt: number;
  }[];
}

/** Active and inactive devices of an account, from the store alone. */
export async function listDevices(context: Context, jid: BareJid): Promise<readonly DeviceInfo[]> {
  const [account] = await loadLists(context, [jid]);
  const lists = account?.lists ?? [];
  const ids = new Set(
    lists.flatMap(({ record }) => [
      ...(record?.devices.map(({ deviceId }): number => deviceId) ?? []),
      ...(record?.inactive ?? []),
    ]),
  );
  return Promise.all(
    [...ids].map((id) => {
      const device = { jid, deviceId: id as OmemoDevice["deviceId"] };
      const versions = lists
        .filter(({ record }) => record?.devices.some(({ deviceId }) => deviceId === id))
        .map(({ version }) => version);
      return describe(context, device, versions);
    }),
  );
}

async function describe(
  context: Context,
  device: OmemoDevice,
  versions: readonly OmemoVersion[],
): Promise<DeviceInfo> {
  const [stored] = await context.store.get([deviceKey(device)]);
  const identity = currentIdentity(device, stored && deviceCodec.decode(stored));
  if (identity === undefined) return { device, versions, fingerprint: undefined, sessions: [] };
  const all = context.options.versions;
  const records = await context.store.get(all.map((version) => sessionKey(version, identity)));
  const sessions = all.flatMap((version, index) => {
    const session = readSession(context, records[index])?.record;
    if (session === undefined) return [];
    const { unanswered, lastReceivedAt } = session;
    return [{ version, unanswered, lastReceivedAt }];
  });
  return { device, versions, fingerprint: identity.fingerprint, sessions };
}

/** Whether an account has OMEMO devices; a failed question is not a "no" [PEP-09]. */
export type OmemoSupport = "yes" | "no" | "unknown";

export async function supportOf(
  context: Context,
  jid: BareJid,
  signal?: AbortSignal,
): Promise<OmemoSupport> {
  try {
    const [account] = await currentLists(context, [jid], signal);
    const hasDevice = account?.lists.some(({ record }) => (record?.devices.length ?? 0) > 0);
    return hasDevice ? "yes" : "no";
  } catch (error) {
    if (isOmemoError(error) && ["transport-failure", "offline"].includes(error.code)) {
      return "unknown";
    }
    throw error;
  }
}
