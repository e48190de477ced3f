import { isOmemoError, OmemoError } from "../domain/error.js";
import type { BareJid } from "../domain/jid.js";
import type { OmemoVersion } from "../domain/version.js";
import type { AccountLists } from "../session/candidates.js";
import {
  type DeviceListRecord,
  deviceListCodec,
  withNewList,
} from "../session/records/deviceListRecord.js";
import { deviceListKey } from "../session/records/recordKeys.js";
import { type DeviceList, readDeviceList } from "../wire/deviceList.js";
import { deviceListNode } from "../wire/namespaces.js";
import type { Context } from "./context.js";
import { retryOnConflict } from "./mailbox.js";
import { mapBounded } from "./mapBounded.js";
import { within } from "./within.js";

/** What the store knows of these accounts, without asking anybody. */
export async function loadLists(
  context: Context,
  jids: readonly BareJid[],
): Promise<readonly AccountLists[]> {
  const { versions } = context.options;
  const keys = jids.flatMap((jid) => versions.map((version) => deviceListKey(version, jid)));
  const records = await context.store.get(keys);
  return jids.map((jid, index) => ({
    jid,
    lists: versions.map((version, offset) => {
      const record = records[index * versions.length + offset];
      return { version, record: record && deviceListCodec.decode(record) };
    }),
  }));
}

/** The lists to encrypt by, and why there are none of some accounts. */
export interface CurrentLists {
  readonly lists: readonly AccountLists[];
  /** Of accounts of which nothing at all is known. */
  readonly errors: ReadonlyMap<BareJid, unknown>;
}

/**
 * The lists to encrypt by. @throws OmemoError of the transport when nothing at all is known of an
 * account.
 */
export async function currentLists(
  context: Context,
  jids: readonly BareJid[],
  signal?: AbortSignal,
): Promise<readonly AccountLists[]> {
  const { lists, errors } = await readCurrentLists(context, jids, signal);
  const [error] = errors.values();
  if (error !== undefined) throw error;
  return lists;
}

/**
 * Outdated lists are fetched first [O2-161 (c)]. A fetch that fails never empties a list [PEP-09];
 * with an older one at hand that is used.
 */
export async function readCurrentLists(
  context: Context,
  jids: readonly BareJid[],
  signal?: AbortSignal,
): Promise<CurrentLists> {
  const known = await loadLists(context, jids);
  const outdated = known.flatMap(({ jid, lists }) =>
    lists
      .filter(({ record }) => record === undefined || !isFresh(context, record.seenAt))
      .map(({ version }) => ({ jid, version })),
  );
  if (outdated.length === 0) return { lists: known, errors: new Map() };
  const failed = new Map<BareJid, unknown>();
  await mapBounded(outdated, context.limits.parallelFetches, async ({ jid, version }) => {
    try {
      await refreshList(context, jid, version, signal);
    } catch (error) {
      if (isOmemoError(error) && (error.code === "aborted" || error.code === "store-failure")) {
        throw error;
      }
      if (!failed.has(jid)) failed.set(jid, explain(error));
    }
  });
  const lists = await loadLists(context, jids);
  const isNothingKnown = ({ lists: own }: AccountLists): boolean =>
    own.every(({ record }) => (record?.devices.length ?? 0) === 0);
  const unknown = new Set(lists.filter(isNothingKnown).map(({ jid }) => jid));
  return { lists, errors: new Map([...failed].filter(([jid]) => unknown.has(jid))) };
}

/** Servers answer strangers alike for a list that is hidden and for one that does not exist. */
function explain(error: unknown): unknown {
  const isRefused =
    isOmemoError(error) && ["forbidden", "not-authorized"].includes(error.condition ?? "");
  if (!isRefused) return error;
  return new OmemoError(
    "transport-failure",
    "the recipient has no OMEMO devices, or hides them from strangers: subscribe to each other",
    { cause: error, ...(error.condition !== undefined && { condition: error.condition }) },
  );
}

/** Fetches one list and remembers it. */
export async function refreshList(
  context: Context,
  owner: BareJid,
  version: OmemoVersion,
  signal?: AbortSignal,
): Promise<DeviceList> {
  const list = await fetchList(context, owner, version, signal);
  await rememberList(context, owner, version, list);
  return list;
}

/**
 * Fetches an account's lists. One that cannot be read does not keep us from the other: Prosody says
 * `forbidden` for a list that a stranger never published [PEP-08].
 * @throws the first error when none could be read.
 */
export async function refreshLists(
  context: Context,
  owner: BareJid,
  signal?: AbortSignal,
): Promise<void> {
  const { versions } = context.options;
  const errors: unknown[] = [];
  for (const version of versions) {
    try {
      await refreshList(context, owner, version, signal);
    } catch (error) {
      if (isOmemoError(error) && error.code !== "transport-failure") throw error;
      errors.push(error);
    }
  }
  if (errors.length === versions.length) throw errors[0];
}

/**
 * The published list; empty when there is none [O2-23, L-11]. Whatever item the node holds: not all
 * clients name it as we do [O2-24, Q-02].
 */
export async function fetchList(
  context: Context,
  owner: BareJid,
  version: OmemoVersion,
  signal?: AbortSignal,
): Promise<DeviceList> {
  const payload = await within(context, signal, (until) =>
    context.transport.fetchItem(owner, deviceListNode(version), undefined, until),
  );
  const list = readDeviceList(version, payload);
  if ("kind" in list) {
    throw new OmemoError("transport-failure", "the device list on the server is malformed");
  }
  return list;
}

/**
 * Stores the newest list and tells the application when it changed; with `expected`, only while that
 * is still the newest.
 */
export async function rememberList(
  context: Context,
  owner: BareJid,
  version: OmemoVersion,
  list: DeviceList,
  expected?: DeviceList,
): Promise<void> {
  const most = context.limits.maxDevicesPerAccount;
  const key = deviceListKey(version, owner);
  const didChange = await retryOnConflict(async () => {
    const [stored] = await context.store.get([key]);
    const before = stored && deviceListCodec.decode(stored);
    const isOutdated = expected !== undefined && !isSame(before, expected.devices.slice(0, most));
    if (isOutdated) return false;
    const devices = list.devices.slice(0, most);
    const after = withNewList(before, devices, context.clock.now());
    await context.store.commit({
      check: [{ key, version: stored?.version }],
      put: [{ key, value: deviceListCodec.encode(after) }],
      delete: [],
    });
    return !isSame(before, after.devices);
  });
  if (!didChange) return;
  const devices = list.devices.map(({ deviceId }) => ({ jid: owner, deviceId }));
  context.events.notify("device-list", { owner, version, devices });
}

function isSame(
  record: DeviceListRecord | undefined,
  devices: DeviceListRecord["devices"],
): boolean {
  return JSON.stringify(record?.devices ?? []) === JSON.stringify(devices);
}

/** Seen on this stream and not too long ago; pushes renew it. */
function isFresh(context: Context, seenAt: number): boolean {
  const age = context.clock.now() - seenAt;
  return seenAt >= context.onlineSince() && age >= 0 && age < context.limits.deviceListMaxAge;
}
