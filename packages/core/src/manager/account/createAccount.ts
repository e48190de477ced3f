import { type DeviceId, deviceId, MAX_ID } from "../../domain/device.js";
import { OmemoError } from "../../domain/error.js";
import type { BareJid } from "../../domain/jid.js";
import { OMEMO_2 } from "../../domain/version.js";
import { type AccountRecord, encodeAccount } from "../../session/records/accountRecord.js";
import { backendCodec } from "../../session/records/backendRecord.js";
import { accountKey, backendKey } from "../../session/records/recordKeys.js";
import { bundleNode } from "../../wire/namespaces.js";
import type { Context } from "../context.js";
import { fetchList } from "../devices/deviceLists.js";
import { randomBytes } from "../random.js";

/** Ids drawn before it is concluded that something is wrong with the server's answers. */
const MAX_DRAWS = 20;

/** A new identity under a device id that no device of the account has [O2-01 … O2-04, L-01 … L-03]. */
export async function createAccount(context: Context, jid: BareJid): Promise<AccountRecord> {
  const used = await usedIds(context, jid);
  const wanted = context.options.deviceId;
  if (wanted !== undefined && used.has(deviceId(wanted))) {
    throw new OmemoError("invalid-input", "this device id is in use by another device");
  }
  const id = wanted === undefined ? await drawId(context, jid, used) : deviceId(wanted);
  const identity = await context.backend.generateIdentity();
  const account = { jid, deviceId: id, identity, createdAt: context.clock.now() };
  await context.store.commit({
    // Two processes that start at once must not make two identities.
    check: [{ key: accountKey, version: undefined }],
    put: [
      { key: accountKey, value: encodeAccount(account) },
      { key: backendKey, value: backendCodec.encode({ id: context.backend.id }) },
    ],
    delete: [],
  });
  return account;
}

/** Listed in any version, or with a bundle in the common node; a stale bundle blocks its id [O2-03]. */
async function usedIds(context: Context, jid: BareJid): Promise<ReadonlySet<number>> {
  const used = new Set<number>();
  for (const version of context.options.versions) {
    const list = await fetchList(context, jid, version);
    for (const entry of list.devices) used.add(entry.deviceId);
    if (version !== OMEMO_2) continue;
    const { node } = bundleNode(version, 1 as DeviceId);
    for (const itemId of await context.transport.fetchItemIds(jid, node)) used.add(Number(itemId));
  }
  return used;
}

async function drawId(
  context: Context,
  jid: BareJid,
  used: ReadonlySet<number>,
): Promise<DeviceId> {
  for (let draw = 0; draw < MAX_DRAWS; draw += 1) {
    const bytes = randomBytes(context.crypto, 4);
    // 31 random bits: every id is equally likely; 0 is drawn again.
    const value = new DataView(bytes.buffer).getUint32(0) & MAX_ID;
    if (value === 0 || used.has(value)) continue;
    const id = deviceId(value);
    if (!(await hasLegacyBundle(context, jid, id))) return id;
  }
  throw new OmemoError("transport-failure", "found no free device id");
}

async function hasLegacyBundle(context: Context, jid: BareJid, id: DeviceId): Promise<boolean> {
  const legacy = context.options.versions.find((version) => version !== OMEMO_2);
  if (legacy === undefined) return false;
  const { node } = bundleNode(legacy, id);
  return (await context.transport.fetchItem(jid, node)) !== undefined;
}
