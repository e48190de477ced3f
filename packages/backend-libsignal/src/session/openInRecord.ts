import type { Refused } from "@omemo/core";
import type { SignalMessage } from "@omemo/core/wire";
import { isLowOrder } from "../keys/coordinates.js";
import { openInThread } from "../library/openInThread.js";
import {
  type LibraryFailure,
  type LibraryOpened,
  type OpenRequest,
  openMessage,
} from "../library/openMessage.js";
import { refusalOf } from "../library/refusalOf.js";
import { advance, type SessionRecord, savedState, singleRecord } from "./sessionRecord.js";
import { chainOf, type SessionState } from "./sessionState.js";
import { skipDropped } from "./skipDropped.js";

/** Chain steps that one message may cost, over all states that it may belong to [W-84]. */
export const JUMP_LIMIT = 25_000;
/** Steps that may be made while everybody waits: about five milliseconds. */
const SHORT_JUMP = 250;

/** A ratchet message, parsed, and as it was received. */
export interface ReceivedMessage {
  readonly header: SignalMessage;
  readonly bytes: Uint8Array;
}

export interface OpenedInRecord {
  readonly kind: "opened";
  readonly record: SessionRecord;
  readonly state: SessionState;
  readonly plaintext: Uint8Array;
}

/**
 * Tries the states one by one: those that know the ratchet key, then those that would have to take
 * a step, the current one first, the archived ones newest first; "duplicate" ends the search [W-80].
 * The library never sees more than one, so a forged counter is walked once and not in each of them.
 */
export async function openInRecord(
  record: SessionRecord,
  message: ReceivedMessage,
  states: readonly SessionState[] = [record.current, ...record.archived],
): Promise<OpenedInRecord | Refused> {
  const { ratchetKey, counter } = message.header;
  if (isLowOrder(ratchetKey)) return refuse("not-authentic");
  const isKnown = (state: SessionState) => chainOf(state, ratchetKey) !== undefined;
  const ordered = [...states.filter(isKnown), ...states.filter((state) => !isKnown(state))];
  let refused: Refused | undefined;
  let stepsLeft = JUMP_LIMIT;
  for (const state of ordered) {
    const steps = Math.max(0, counter - (chainOf(state, ratchetKey)?.counter ?? 0));
    if (steps > stepsLeft) {
      refused ??= refuse("too-many-skipped");
      continue;
    }
    stepsLeft -= steps;
    const answer = await openWithSteps(steps, {
      kind: "message",
      record: singleRecord(await skipDropped(state, ratchetKey, counter)),
      message: message.bytes,
    });
    if (answer.kind === "opened") return openedIn(record, state, answer);
    const reason = refusalOf(answer);
    if (reason === "duplicate") return refuse(reason);
    refused ??= refuse(reason);
  }
  return refused ?? refuse("not-authentic");
}

/** Where the work is done depends on how much it may be. */
export function openWithSteps(
  steps: number,
  request: OpenRequest,
): Promise<LibraryOpened | LibraryFailure> {
  return steps > SHORT_JUMP ? openInThread(request) : openMessage(request);
}

export function refuse(reason: Refused["reason"]): Refused {
  return { kind: "refused", reason };
}

function openedIn(
  record: SessionRecord,
  before: SessionState,
  { record: saved, plaintext }: LibraryOpened,
): OpenedInRecord {
  const state = savedState(saved);
  return { kind: "opened", record: advance(record, before, state), state, plaintext };
}
