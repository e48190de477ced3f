import type { OmemoDevice } from "../domain/device.js";
import { isSameDevice } from "../domain/device.js";
import type { BareJid } from "../domain/jid.js";
import type { OmemoVersion } from "../domain/version.js";
import type { DeviceListsOf } from "./records/deviceListRecord.js";

/** A device to encrypt for, and the versions it is listed with, best first [O2-176]. */
export interface Candidate {
  readonly device: OmemoDevice;
  readonly versions: readonly OmemoVersion[];
}

/** The device lists of one account. */
export interface AccountLists {
  readonly jid: BareJid;
  /** In the order of our preference. */
  readonly lists: readonly DeviceListsOf[];
}

/** Active devices of the accounts, each once, never the sending one [O2-21, L-38]. */
export function chooseCandidates(
  accounts: readonly AccountLists[],
  own: OmemoDevice,
  mostPerAccount: number,
): readonly Candidate[] {
  return accounts.flatMap((account) => {
    const versionsOf = new Map<number, OmemoVersion[]>();
    for (const { version, record } of account.lists) {
      for (const { deviceId } of record?.devices ?? []) {
        const versions = versionsOf.get(deviceId);
        if (versions === undefined) versionsOf.set(deviceId, [version]);
        else versions.push(version);
      }
    }
    return [...versionsOf]
      .map(([deviceId, versions]) => ({
        device: { jid: account.jid, deviceId: deviceId as OmemoDevice["deviceId"] },
        versions,
      }))
      .filter(({ device }) => !isSameDevice(device, own))
      .slice(0, mostPerAccount);
  });
}
