import type { DeviceId } from "../../domain/device.js";
import { OmemoError } from "../../domain/error.js";
import { bareJid } from "../../domain/jid.js";
import { OMEMO_2, type OmemoVersion } from "../../domain/version.js";
import { keepDevices, listedIds } from "../../wire/deviceList.js";
import { type Context, ownDevice } from "../context.js";
import { type DeviceInfo, describeDevices, listDevices } from "./deviceInfo.js";
import { fetchList, loadLists, rememberList } from "./deviceLists.js";
import { editOwnLists, type OwnListEdit } from "./editOwnList.js";
import { enlist } from "./enlist.js";
import { storeLabel } from "./labels.js";
import { isTurnedOff } from "./publishing.js";
import { type RefreshFailure, type RefreshOptions, refreshAccounts } from "./refreshAccounts.js";

/** What `purgeDeviceList` would do to the list of one version. */
export interface PurgePreview {
  readonly version: OmemoVersion;
  /** The devices that would be taken off, with all that is known of them. */
  readonly removed: readonly DeviceInfo[];
}

/** Our own devices, and the lists of others. */
export interface Devices {
  /**
   * Other devices of the account that seem to be abandoned, with the evidence: for the user to
   * decide about. Nothing is ever removed by itself [O2-174].
   */
  staleOwn(): Promise<readonly DeviceInfo[]>;
  /**
   * Takes other own devices off the newest lists on the server, and keeps all else there as it is
   * [O2-17]. Their sessions and bundles stay: one that returns announces itself again [O2-172].
   * @returns for each version what was removed, or why nothing was.
   * @throws OmemoError `invalid-input` when this device is among them: that is `purgeEverything`;
   * `transport-failure` when no list could be changed, `offline`, `aborted`.
   */
  remove(ids: readonly number[], signal?: AbortSignal): Promise<readonly OwnListEdit[]>;
  /** Reads the lists on the server: what `purgeDeviceList` would remove now. */
  previewPurge(signal?: AbortSignal): Promise<readonly PurgePreview[]>;
  /**
   * Signs a new label for this device and publishes it; `undefined`: none [O2-27 … O2-33]. It holds
   * from now on in place of the option. When it cannot be published now, the next login does it.
   * @throws OmemoError `invalid-input` unless it has 1 to 52 characters, no control character, and
   * not exactly 32 bytes; `transport-failure`, `offline`.
   */
  setLabel(label: string | undefined): Promise<void>;
  /**
   * Fetches the device lists of accounts now, some at a time; what fails is in the result.
   * @throws OmemoError `offline`, `aborted`, `store-failure`.
   */
  refresh(jids: readonly string[], options?: RefreshOptions): Promise<readonly RefreshFailure[]>;
  /**
   * Whether `purgeEverything` was called after the last `initialize`, perhaps in an earlier run that
   * ended in the middle of it: then call it again, or `initialize`.
   */
  isTurnedOff(): Promise<boolean>;
}

export function createDevices(context: Context, requireStarted: () => void): Devices {
  return {
    staleOwn: async () => {
      const all = await listDevices(context, ownDevice(context).jid);
      return all.filter(({ activity }) => activity === "stale");
    },
    remove: async (ids, signal) => {
      requireStarted();
      if (ids.includes(ownDevice(context).deviceId)) {
        throw new OmemoError("invalid-input", "this is the device at work: see purgeEverything");
      }
      const stays = (id: DeviceId): boolean => !ids.includes(id);
      return editOwnLists(context, (list) => keepDevices(list, stays), signal);
    },
    previewPurge: async (signal) => {
      requireStarted();
      const previews: PurgePreview[] = [];
      for (const version of context.options.versions) {
        previews.push({ version, removed: await removedByPurge(context, version, signal) });
      }
      return previews;
    },
    setLabel: async (label) => {
      requireStarted();
      await storeLabel(context, label);
      await enlist(context, OMEMO_2);
    },
    refresh: async (jids, options = {}) => {
      requireStarted();
      return refreshAccounts(context, jids.map(bareJid), options);
    },
    isTurnedOff: () => isTurnedOff(context),
  };
}

async function removedByPurge(
  context: Context,
  version: OmemoVersion,
  signal: AbortSignal | undefined,
): Promise<readonly DeviceInfo[]> {
  const own = ownDevice(context);
  const list = await fetchList(context, own.jid, version, signal);
  await rememberList(context, own.jid, version, list);
  const [account = { jid: own.jid, lists: [] }] = await loadLists(context, [own.jid]);
  const others = listedIds(list).filter((id) => id !== own.deviceId);
  return describeDevices(context, account, others);
}
