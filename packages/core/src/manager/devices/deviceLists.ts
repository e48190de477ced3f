import { isOmemoError, OmemoError } from "../../domain/error.js";
import type { BareJid } from "../../domain/jid.js";
import type { OmemoVersion } from "../../domain/version.js";
import type { AccountLists } from "../../session/candidates.js";
import { deviceListCodec } from "../../session/records/deviceListRecord.js";
import { deviceListKey } from "../../session/records/recordKeys.js";
import { type DeviceList, readDeviceList } from "../../wire/deviceList.js";
import { deviceListNode } from "../../wire/namespaces.js";
import type { Context } from "../context.js";
import { mapBounded } from "../scheduling/mapBounded.js";
import { within } from "../scheduling/within.js";
import { type GatherOptions, ticker } from "../sending/gatherOptions.js";
import { createListWriter, rememberLists } from "./rememberLists.js";

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
  const { lists, errors } = await readCurrentLists(context, jids, { signal });
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
  options: GatherOptions = {},
): Promise<CurrentLists> {
  const known = await loadLists(context, jids);
  const outdated = known.flatMap(({ jid, lists }) =>
    lists
      .filter(({ record }) => record === undefined || !isFresh(context, record.seenAt))
      .map(({ version }) => ({ jid, version })),
  );
  if (outdated.length === 0) return { lists: known, errors: new Map() };
  const failed = await refreshAll(context, outdated, options);
  const lists = await loadLists(context, jids);
  const isNothingKnown = ({ lists: own }: AccountLists): boolean =>
    own.every(({ record }) => (record?.devices.length ?? 0) === 0);
  const unknown = new Set(lists.filter(isNothingKnown).map(({ jid }) => jid));
  return { lists, errors: new Map([...failed].filter(([jid]) => unknown.has(jid))) };
}

/** Why there is no newer list of some accounts. What was fetched before a failure is kept. */
async function refreshAll(
  context: Context,
  outdated: readonly { readonly jid: BareJid; readonly version: OmemoVersion }[],
  options: GatherOptions,
): Promise<ReadonlyMap<BareJid, unknown>> {
  const failed = new Map<BareJid, unknown>();
  const writer = createListWriter(context);
  const tick = ticker(options, "device-lists", outdated.length);
  const refresh = async ({ jid, version }: (typeof outdated)[number]): Promise<void> => {
    try {
      const list = await fetchList(context, jid, version, options.signal);
      await writer.add({ owner: jid, version, list });
    } catch (error) {
      if (isOmemoError(error) && (error.code === "aborted" || error.code === "store-failure")) {
        throw error;
      }
      if (!failed.has(jid)) failed.set(jid, explain(error));
    }
    tick();
  };
  try {
    await mapBounded(outdated, context.limits.parallelFetches, refresh);
  } finally {
    await writer.flush();
  }
  return failed;
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
export function rememberList(
  context: Context,
  owner: BareJid,
  version: OmemoVersion,
  list: DeviceList,
  expected?: DeviceList,
): Promise<void> {
  return rememberLists(context, [{ owner, version, list }], expected);
}

/** Seen on this stream and not too long ago; pushes renew it. */
function isFresh(context: Context, seenAt: number): boolean {
  const age = context.clock.now() - seenAt;
  return seenAt >= context.onlineSince() && age >= 0 && age < context.limits.deviceListMaxAge;
}
