import { isOmemoError, OmemoError } from "../../domain/error.js";
import type { StoredRecord } from "../../ports/store.js";
import type { TransportItem } from "../../ports/transport.js";
import { isAhead } from "../../session/generation/generations.js";
import {
  type Grant,
  grantOf,
  isOutdated,
  isSpent,
  type SessionLease,
} from "../../session/generation/lease.js";
import { generationCodec, NO_GENERATION } from "../../session/records/generationRecord.js";
import { generationKey } from "../../session/records/recordKeys.js";
import { retryOnConflict } from "../../store/retryOnConflict.js";
import { GENERATION_NODE } from "../../wire/generation.js";
import { sleepWithin } from "../scheduling/lifetime.js";
import { readNow } from "../scheduling/readNow.js";
import { fetchMirror, type GenerationContext, openMirror } from "./mirror.js";
import { publishGeneration } from "./publishGeneration.js";
import { type Settlement, type SettleRequest, settle } from "./settle.js";
import { LeaseSpent } from "./underLease.js";

/**
 * Notices that this state is an older copy, or has a twin: the server keeps beside it how far it
 * has come. Before that is settled nothing is encrypted [O2-148].
 */
export interface Generation {
  /**
   * Outside the mailbox. `check`: compared with the mirror on this stream. `send`: and the mirror
   * shows that this process sends.
   * @throws OmemoError `device-copied` when another copy of this device is at work, `offline`.
   */
  ensure(purpose: "check" | "send", signal?: AbortSignal): Promise<void>;
  /** Inside the mailbox, before these sessions send. @throws LeaseSpent */
  grant(stored: StoredRecord | undefined, leases: readonly SessionLease[]): Grant;
  /** What {@link grant} would give to a message that is sent next. */
  outlook(stored: StoredRecord | undefined): Grant;
  /** Drops all sessions and builds new ones, whatever the mirror says. */
  rebuild(signal?: AbortSignal): Promise<void>;
  /** After a commit that moved a session on: the mirror follows before long. */
  touched(): void;
  /** A pushed item of any node. */
  receive(item: TransportItem): Promise<void>;
  /** A new stream: what was known may be outdated. */
  reset(): void;
}

/** How long the mirror may lag behind what was sent and received, ms. */
const TOUCH_DELAY = 60_000;

interface State {
  isChecked: boolean;
  hasStarted: boolean;
  isDisplaced: boolean;
  isTouched: boolean;
  /** The application knows of the recovery that is under way. */
  hasTold: boolean;
  spent: number | undefined;
}

export function createGeneration(context: GenerationContext): Generation {
  const state: State = {
    isChecked: false,
    hasStarted: false,
    isDisplaced: false,
    isTouched: false,
    hasTold: false,
    spent: undefined,
  };
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
  return {
    ensure: (purpose, signal) => inTurn(() => ensure(context, state, purpose, signal)),
    rebuild: (signal) =>
      inTurn(async () => {
        state.isDisplaced = false;
        await advance(context, state, { isStart: true, isRequested: true }, signal);
      }),
    grant: (stored, leases) => {
      const isUnchecked = !state.isChecked && context.transport.isOnline;
      if (isUnchecked || !state.hasStarted || state.isDisplaced) throw new LeaseSpent();
      const record = stored === undefined ? NO_GENERATION : generationCodec.decode(stored);
      const grant = grantOf(record);
      const hasRoom = leases.every((lease) => !isSpent(lease, grant));
      if (hasRoom && !isOutdated(record, context.clock.now())) return grant;
      state.spent = record.current;
      throw new LeaseSpent();
    },
    outlook: (stored) => {
      const record = stored === undefined ? NO_GENERATION : generationCodec.decode(stored);
      const { generation, start } = grantOf(record);
      return { generation, start: state.hasStarted ? start : start + 1 };
    },
    touched: () => {
      if (state.isTouched) return;
      state.isTouched = true;
      const follow = () => inTurn(() => followUp(context, state));
      void sleepWithin(context.lifetime, context.clock, TOUCH_DELAY).then(follow);
    },
    receive: (item) => receive(context, state, item),
    reset: () => {
      state.isChecked = false;
      state.isDisplaced = false;
    },
  };
}

async function ensure(
  context: GenerationContext,
  state: State,
  purpose: "check" | "send",
  signal: AbortSignal | undefined,
): Promise<void> {
  if (state.isDisplaced) throw copied();
  const isSending = purpose === "send";
  const isStart = isSending && !state.hasStarted;
  const isDue = isStart || (isSending && state.spent !== undefined);
  if (state.isChecked && !isDue) return;
  if (!context.transport.isOnline) {
    // What a lease has left may be used without a stream.
    if (isSending && !isDue) return;
    throw new OmemoError("offline", "not connected: nothing was encrypted, try again later");
  }
  await advance(context, state, { isStart, isRequested: false }, signal);
}

async function advance(
  context: GenerationContext,
  state: State,
  wanted: Pick<SettleRequest, "isStart" | "isRequested">,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { spent, isTouched } = state;
  state.isTouched = false; // what is sent from here on wants another follow-up
  try {
    const mirror = await look(context, signal);
    const request = { ...wanted, mirror, spent, isTouched };
    const settled = await context.mailbox.run(() => {
      return retryOnConflict(() => settle(context, request));
    });
    if (settled.kind === "copied") throw displace(context, state);
    tell(context, state, settled);
    if (settled.mustPublish) await publishGeneration(context, settled, signal);
  } catch (error) {
    state.isTouched ||= isTouched;
    throw error;
  }
  state.isChecked = true;
  state.spent = undefined;
  state.hasStarted ||= wanted.isStart;
}

/** What fails here is made up for by the next advance, which finds the touch still noted. */
async function followUp(context: GenerationContext, state: State): Promise<void> {
  const isIdle = !state.isTouched || state.isDisplaced;
  if (isIdle || context.lifetime.isOver || !context.transport.isOnline) return;
  try {
    await advance(context, state, { isStart: false, isRequested: false }, undefined);
  } catch (error) {
    if (context.lifetime.isOver) return;
    context.events.notify("problem", { what: "generation", error, willRetry: true });
  }
}

/** What the server shows. One that cannot keep a secret keeps none, and the application hears of it. */
async function look(
  context: GenerationContext,
  signal: AbortSignal | undefined,
): Promise<SettleRequest["mirror"]> {
  try {
    return (await fetchMirror(context, signal)) ?? "none";
  } catch (error) {
    if (!isOmemoError(error) || error.code !== "transport-failure") throw error;
    context.events.notify("problem", { what: "generation", error, willRetry: true });
    return "unknown";
  }
}

function tell({ events, enqueue }: GenerationContext, state: State, settled: Settlement): void {
  const { recovered, unfinished, isMirrorLost } = settled;
  if (isMirrorLost) {
    const text = "the server lost its note of our state: a restored copy may have gone unnoticed";
    const error = new OmemoError("transport-failure", text);
    events.notify("problem", { what: "generation", error, willRetry: false });
  }
  const recovery = recovered?.recovery ?? (state.hasTold ? undefined : unfinished);
  if (recovery === undefined) return;
  state.hasTold = true;
  const { kind, droppedSessions } = recovery;
  const isRepeated = recovered === undefined;
  events.notify("state-rolled-back", { kind, droppedSessions, isRepeated });
  if (recovered !== undefined) enqueue(recovered.effects);
}

/** While we are at work nobody else may move the mirror on, but for other users of our store. */
async function receive(
  context: GenerationContext,
  state: State,
  { owner, node, itemId, payload }: TransportItem,
): Promise<void> {
  if (node !== GENERATION_NODE || !context.hasAccount() || payload === undefined) return;
  const { jid, deviceId } = context.account();
  if (owner !== jid || itemId !== String(deviceId) || !state.isChecked) return;
  const mirror = await openMirror(context, payload);
  // Read after the item: who shares our store commits first, and publishes then.
  const [stored] = await readNow(context.store, [generationKey]);
  const record = stored === undefined ? NO_GENERATION : generationCodec.decode(stored);
  if (mirror !== undefined && isAhead(mirror, record)) displace(context, state);
}

/** From now on nothing is sent; the application hears of it once. */
function displace({ events }: GenerationContext, state: State): OmemoError {
  const event = { kind: "copied", droppedSessions: 0, isRepeated: false } as const;
  if (!state.isDisplaced) events.notify("state-rolled-back", event);
  state.isDisplaced = true;
  return copied();
}

function copied(): OmemoError {
  return new OmemoError(
    "device-copied",
    "another copy of this device is at work: end it, then call rebuildSessions() or start again",
  );
}
