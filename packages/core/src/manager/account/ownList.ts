import { OmemoError } from "../../domain/error.js";
import type { BareJid } from "../../domain/jid.js";
import type { OmemoVersion } from "../../domain/version.js";
import type { TransportItem } from "../../ports/transport.js";
import { deviceListKey } from "../../session/records/recordKeys.js";
import { readDeviceList } from "../../wire/deviceList.js";
import { deviceListNode } from "../../wire/namespaces.js";
import { type Context, ownDevice } from "../context.js";
import { rememberList } from "../devices/deviceLists.js";
import { createAllowance } from "../scheduling/createAllowance.js";

const DAY = 24 * 60 * 60_000;

/** Keeps our entry in the own list without fighting for it for ever. */
export interface OwnListGuard {
  /** Handles a pushed device list of anybody. */
  receive(item: TransportItem): Promise<void>;
  /** From now on our absence from the list is worth a publish. */
  watch(versions: readonly OmemoVersion[]): void;
  /** A new stream: the count begins anew. */
  reset(): void;
}

/**
 * Publishes the own list again when we are missing [O2-16, L-07], at most a few times a stream: two
 * clients that both rewrite the list would otherwise never stop [O2-18, L-08].
 */
export function createOwnListGuard(context: Context): OwnListGuard {
  const republished = new Map<OmemoVersion, number>();
  /** Versions whose newest pushed list does not name us. */
  const absent = new Set<OmemoVersion>();
  const mayBeNew = createAllowance(context.clock, () => {
    const most = context.limits.maxNewListsPerDay;
    return { most, period: DAY / most };
  });
  let watched: readonly OmemoVersion[] = [];

  const missing = (version: OmemoVersion): void => {
    const count = (republished.get(version) ?? 0) + 1;
    republished.set(version, count);
    const { maxRepublishes } = context.limits;
    if (count <= maxRepublishes) context.enqueue([{ kind: "announce", version }]);
    if (count !== maxRepublishes + 1) return;
    const error = new OmemoError(
      "transport-failure",
      "another client keeps removing this device from the account's device list",
    );
    context.events.notify("problem", { what: "republish-loop", error, willRetry: false });
  };
  /** Anybody may push: of accounts that were unknown so far, so many. It is asked for when needed. */
  const isTaken = async (version: OmemoVersion, owner: BareJid): Promise<boolean> => {
    if (owner === context.transport.account) return true;
    const [known] = await context.store.get([deviceListKey(version, owner)]);
    if (known !== undefined) return true;
    return mayBeNew();
  };
  return {
    receive: async ({ owner, node, payload }) => {
      const version = context.options.versions.find((each) => deviceListNode(each) === node);
      if (version === undefined) return;
      const list = readDeviceList(version, payload);
      if ("kind" in list || !(await isTaken(version, owner))) return;
      await rememberList(context, owner, version, list);
      if (owner !== context.transport.account || !context.hasAccount()) return;
      const own = ownDevice(context);
      const isMissing = !list.devices.some(({ deviceId }) => deviceId === own.deviceId);
      if (isMissing) absent.add(version);
      else absent.delete(version);
      if (isMissing && watched.includes(version)) missing(version);
    },
    watch: (versions) => {
      watched = versions;
      // While we announced ourselves another device may have written the list at the same time.
      for (const version of versions) if (absent.has(version)) missing(version);
    },
    reset: () => republished.clear(),
  };
}
