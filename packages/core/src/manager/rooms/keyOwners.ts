import type { DeviceId, OmemoFingerprint } from "../../domain/device.js";
import type { BareJid } from "../../domain/jid.js";
import { deviceCodec } from "../../session/records/deviceRecord.js";
import { deviceKey } from "../../session/records/recordKeys.js";
import type { Context } from "../context.js";

/** An account with a device of that id, and the keys it showed. */
export interface KeyOwner {
  readonly jid: BareJid;
  readonly fingerprints: readonly OmemoFingerprint[];
}

/** Members that are looked at for one message. */
const MAX_ACCOUNTS = 2000;

/** Accounts of a room, ourselves included, that are known to own a device with this id. */
export async function keyOwners(
  context: Context,
  room: BareJid,
  deviceId: DeviceId,
): Promise<readonly KeyOwner[]> {
  const own = context.account().jid;
  const others = context.rooms.accounts(room).slice(0, MAX_ACCOUNTS);
  const accounts = [...new Set([own, ...others])];
  const records = await context.store.get(accounts.map((jid) => deviceKey({ jid, deviceId })));
  return accounts.flatMap((jid, index) => {
    const record = records[index];
    if (record === undefined) return [];
    const fingerprints = deviceCodec.decode(record).keys.map(({ fingerprint }) => fingerprint);
    return [{ jid, fingerprints }];
  });
}
