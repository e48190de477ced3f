import type { OmemoDevice } from "../domain/device.js";
import { isOmemoError } from "../domain/error.js";
import type { BareJid } from "../domain/jid.js";
import type { StoredRecord } from "../ports/store.js";
import { currentIdentity, deviceCodec } from "../session/records/deviceRecord.js";
import { automaticKey, deviceKey, sessionKey, todoPrefix } from "../session/records/recordKeys.js";
import { decodeSession } from "../session/records/sessionRecord.js";
import { type Effect, todoCodec, todoKey } from "../session/records/todoRecord.js";
import { repairCodec } from "../session/repair/repairRecord.js";
import { publishBundle } from "./account/announce.js";
import { announceOrWithdraw } from "./account/followBackend.js";
import { createPublishPace } from "./account/publishPace.js";
import { pruneExchanges } from "./account/startup.js";
import type { Context } from "./context.js";
import type { BundleSource } from "./devices/bundles.js";
import { refreshList } from "./devices/deviceLists.js";
import { isListed } from "./devices/isListed.js";
import { isTurnedOff } from "./devices/publishing.js";
import type { Problem } from "./events.js";
import { rebuildSessions } from "./generation/rebuild.js";
import { sleepWithin } from "./scheduling/lifetime.js";
import { sendEmpty } from "./sending/emptyMessage.js";
import type { Outbox } from "./sending/outbox.js";

/** Does what commits made necessary: coalesced, repeated until it worked, bounded by the rules. */
export interface EffectWorker {
  enqueue(effects: readonly Effect[]): void;
  /** Takes up what an earlier run left to do. */
  load(): Promise<void>;
  /** Resolves when nothing is left to do, or all that is left waits for the network. */
  idle(): Promise<void>;
}

export interface EffectSurroundings {
  readonly bundles: BundleSource;
  readonly outbox: Outbox;
  /** Resolves while the manager is initialized and online. */
  ready(): Promise<void>;
  catchUp(room: BareJid | undefined): Promise<void>;
}

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 10 * 60_000;

export function createEffectWorker(context: Context, around: EffectSurroundings): EffectWorker {
  /** Effects under way, and whether they were asked for again meanwhile. */
  const running = new Map<string, { again: boolean; done: Promise<void> }>();

  const pace = createPublishPace(context);

  const work = async (effect: Effect, name: string): Promise<void> => {
    for (let pause = FIRST_PAUSE; !context.lifetime.isOver; ) {
      await around.ready();
      if (effect.kind === "publish-bundle") await pace(effect.version);
      if (context.lifetime.isOver) return;
      const entry = running.get(name);
      if (entry !== undefined) entry.again = false;
      const error = await attempt(context, around, effect);
      if (error === undefined && entry?.again !== true) return;
      if (error === undefined) continue;
      context.events.notify("problem", problemOf(effect, error));
      await sleepWithin(context.lifetime, context.clock, pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    }
  };
  const enqueue = (effect: Effect): void => {
    const name = todoKey(effect).join(" ");
    const entry = running.get(name);
    if (entry !== undefined) {
      entry.again = true;
      return;
    }
    const started = { again: false, done: Promise.resolve() };
    running.set(name, started);
    started.done = work(effect, name).finally(() => running.delete(name));
  };
  return {
    enqueue: (effects) => {
      for (const effect of effects) enqueue(effect);
    },
    load: async () => {
      for await (const record of context.store.list(todoPrefix)) {
        context.enqueue([todoCodec.decode(record)]);
      }
    },
    idle: async () => {
      while (running.size > 0) await Promise.all([...running.values()].map(({ done }) => done));
    },
  };
}

/** Does it once, and strikes it off the list unless it was put there again meanwhile. */
async function attempt(
  context: Context,
  around: EffectSurroundings,
  effect: Effect,
): Promise<unknown> {
  try {
    const [record] = await context.store.get([todoKey(effect)]);
    await perform(context, around, effect);
    if (record !== undefined) await strikeOff(context, record);
    return undefined;
  } catch (error) {
    return error;
  }
}

async function strikeOff(context: Context, record: StoredRecord): Promise<void> {
  const { key, version } = record;
  try {
    await context.store.commit({ check: [{ key, version }], put: [], delete: [key] });
  } catch (error) {
    if (!isOmemoError(error) || error.code !== "store-conflict") throw error;
  }
}

async function perform(
  context: Context,
  { bundles, outbox, catchUp }: EffectSurroundings,
  effect: Effect,
): Promise<void> {
  if (await isPointless(context, effect)) return;
  switch (effect.kind) {
    case "publish-bundle":
      await context.generation.ensure("check");
      await publishBundle(context, effect.version);
      await pruneExchanges(context);
      return;
    case "announce":
      // An older copy of us must not put its bundle in place of the newer one.
      await context.generation.ensure("check");
      await announceOrWithdraw(context, effect.version);
      return;
    case "catch-up":
      await catchUp(effect.room);
      return;
    case "refresh-device-list":
      for (const version of context.options.versions) {
        await refreshList(context, effect.owner, version);
      }
      return;
    case "send-empty-message": {
      const { version, to: device, why: purpose } = effect;
      if (purpose === "answer" && !(await owesAnswer(context, effect))) return;
      await sendEmpty(context, bundles, outbox, { device, versions: [version], purpose });
      return;
    }
    case "rebuild-sessions":
      await rebuildSessions(context, bundles, outbox);
      return;
    case "start-session": {
      const { version, to: device } = effect;
      if (!(await isBroken(context, device))) return;
      if (!(await isListed(context, version, device))) return;
      const purpose = effect.isReplacement === true ? "repair" : "start-session";
      await sendEmpty(context, bundles, outbox, { device, versions: [version], purpose });
      return;
    }
  }
}

/**
 * An earlier run may have spoken a version that we do not: there only the announcement matters. And
 * another process on our store may have turned OMEMO off: turning it on publishes everything.
 */
async function isPointless(context: Context, effect: Effect): Promise<boolean> {
  const isPublication = effect.kind === "announce" || effect.kind === "publish-bundle";
  if (isPublication && (await isTurnedOff(context))) return true;
  if (effect.kind === "announce" || !("version" in effect)) return false;
  return !context.options.versions.includes(effect.version);
}

/** A message of the device may have been read by now. */
async function isBroken({ store }: Context, device: OmemoDevice): Promise<boolean> {
  const [stored] = await store.get([automaticKey("repair", device)]);
  return stored === undefined || repairCodec.decode(stored).isSettled !== true;
}

type DeviceEffect = Extract<Effect, { readonly kind: "send-empty-message" | "start-session" }>;

/** A message with content may have answered by now. */
async function owesAnswer(context: Context, { version, to }: DeviceEffect): Promise<boolean> {
  const [device] = await context.store.get([deviceKey(to)]);
  const identity = currentIdentity(to, device && deviceCodec.decode(device));
  if (identity === undefined) return false;
  const [session] = await context.store.get([sessionKey(version, identity)]);
  return session !== undefined && decodeSession(session).owesAnswer;
}

function problemOf(effect: Effect, error: unknown): Problem {
  return { what: effect.kind, error, willRetry: true };
}
