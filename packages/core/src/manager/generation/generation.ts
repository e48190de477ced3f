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
import { GENERATION_NODE } from "../../wire/generation.js";
import { retryOnConflict } from "../mailbox.js";
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
  /** Drops all sessions and builds new ones, whatever the mirror says. */
  rebuild(signal?: AbortSignal): Promise<void>;
  /** A pushed item of any node. */
  receive(item: TransportItem): Promise<void>;
  /** A new stream: what was known may be outdated. */
  reset(): void;
}

interface State {
  isChecked: boolean;
  hasStarted: boolean;
  isDisplaced: boolean;
  spent: number | undefined;
}

export function createGeneration(context: GenerationContext): Generation {
  const state: State = {
    isChecked: false,
    hasStarted: false,
    isDisplaced: false,
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
  const mirror = await look(context, signal);
  const request = { ...wanted, mirror, spent: state.spent };
  const settled = await context.mailbox.run(() => retryOnConflict(() => settle(context, request)));
  if (settled.kind === "copied") {
    displace(context, state);
    throw copied();
  }
  tell(context, settled);
  if (settled.mustPublish) await publishGeneration(context, settled, signal);
  state.isChecked = true;
  state.spent = undefined;
  state.hasStarted ||= wanted.isStart;
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

function tell({ events, enqueue }: GenerationContext, settled: Settlement): void {
  const { recovered, unfinished, isMirrorLost } = settled;
  if (isMirrorLost) {
    const text = "the server lost its note of our state: a restored copy may have gone unnoticed";
    const error = new OmemoError("transport-failure", text);
    events.notify("problem", { what: "generation", error, willRetry: false });
  }
  const recovery = recovered?.recovery ?? unfinished;
  if (recovery === undefined) return;
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
  const [stored] = await context.store.get([generationKey]);
  const record = stored === undefined ? NO_GENERATION : generationCodec.decode(stored);
  if (mirror !== undefined && isAhead(mirror, record)) displace(context, state);
}

function displace({ events }: GenerationContext, state: State): void {
  if (state.isDisplaced) return;
  state.isDisplaced = true;
  const event = { kind: "copied", droppedSessions: 0, isRepeated: false } as const;
  events.notify("state-rolled-back", event);
}

function copied(): OmemoError {
  return new OmemoError(
    "device-copied",
    "another copy of this device is at work: end it, then call rebuildSessions() or start again",
  );
}
