import { LEGACY, OMEMO_2, type OmemoVersion } from "../../domain/version.js";
import type { RecordKey, StoredRecord } from "../../ports/store.js";
import { planRebuilds } from "../../session/generation/planRecovery.js";
import { backendCodec } from "../../session/records/backendRecord.js";
import {
  backendKey,
  keyIdsKey,
  sessionPartPrefix,
  sessionPrefix,
} from "../../session/records/recordKeys.js";
import { decodeSession } from "../../session/records/sessionRecord.js";
import { type Effect, todoCodec, todoKey } from "../../session/records/todoRecord.js";
import { retryOnConflict } from "../../store/retryOnConflict.js";
import { type Context, ownDevice } from "../context.js";
import { fetchList } from "../devices/deviceLists.js";
import { withdraw } from "../devices/turnOff.js";
import { announce } from "./announce.js";

const VERSIONS: readonly OmemoVersion[] = [OMEMO_2, LEGACY];

/**
 * When another backend worked on this store before: drops the sessions that ours cannot read, and
 * puts on record that each is built anew. Identity, prekeys, trust and device lists are every
 * backend's.
 */
export async function followBackend(context: Context): Promise<void> {
  await context.mailbox.run(() =>
    retryOnConflict(async () => {
      const [stored] = await context.store.get([backendKey]);
      const { id } = context.backend;
      if (stored !== undefined && backendCodec.decode(stored).id === id) return;
      const foreign = await foreignSessions(context);
      const parts = await partsOf(context, foreign);
      const effect: Effect = { kind: "rebuild-sessions" };
      const todo = { key: todoKey(effect), value: todoCodec.encode(effect) };
      await context.store.commit({
        check: [{ key: backendKey, version: stored?.version }],
        put: [
          { key: backendKey, value: backendCodec.encode({ id }) },
          ...planRebuilds(foreign, context.options.versions),
          ...(foreign.length > 0 ? [todo] : []),
        ],
        delete: [...foreign.map(({ key }) => key), ...parts],
      });
    }),
  );
}

/**
 * Versions that were announced once, by another backend or with other options, and are spoken no
 * more: who writes to us in them would never be read.
 */
export async function outdatedVersions(context: Context): Promise<readonly Effect[]> {
  const unspoken = VERSIONS.filter((version) => !context.options.versions.includes(version));
  const stored = await context.store.get(unspoken.map(keyIdsKey));
  return unspoken
    .filter((_, index) => stored[index] !== undefined)
    .map((version) => ({ kind: "announce", version }));
}

/**
 * Announces a version that is spoken, and takes one back that is not: whichever of the two it was
 * when this became necessary, what counts is what we can answer now.
 */
export async function announceOrWithdraw(context: Context, version: OmemoVersion): Promise<void> {
  if (context.options.versions.includes(version)) {
    await announce(context, version);
    return;
  }
  const { jid, deviceId } = ownDevice(context);
  const list = await fetchList(context, jid, version);
  if (list.devices.some((each) => each.deviceId === deviceId)) await withdraw(context, version);
}

async function foreignSessions({ store, backend }: Context): Promise<readonly StoredRecord[]> {
  const foreign: StoredRecord[] = [];
  for await (const record of store.list(sessionPrefix)) {
    if (decodeSession(record).backend !== backend.id) foreign.push(record);
  }
  return foreign;
}

/** The parts that lie beside these sessions. */
async function partsOf(
  { store }: Context,
  sessions: readonly StoredRecord[],
): Promise<readonly RecordKey[]> {
  const names = new Set(sessions.map(({ key: [, ...path] }) => path.join(" ")));
  const parts: RecordKey[] = [];
  if (names.size === 0) return parts;
  for await (const { key } of store.list(sessionPartPrefix)) {
    if (names.has(key.slice(1, -1).join(" "))) parts.push(key);
  }
  return parts;
}
