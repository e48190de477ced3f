import type { NeedsParts, Refused, SessionPart } from "@omemo/core";
import { clamp } from "../curve/xeddsa.js";
import type { ReceivedMessage } from "../ratchet/profile.js";
import { needParts, type OpenedInState, type StateAnswer } from "./answer.js";
import { archivedStates, promote } from "./archive.js";
import type { Attempt, Context } from "./context.js";
import { partsForStep } from "./openByStep.js";
import { mayKnow, openInState } from "./openInState.js";
import { ARCHIVE, type SessionRecord } from "./sessionRecord.js";
import type { SessionState } from "./sessionState.js";

/** A message that a session could open, and what is to store. */
export interface OpenedMessage {
  readonly kind: "opened";
  readonly record: SessionRecord;
  readonly put: readonly SessionPart[];
  readonly drop: readonly string[];
  readonly plaintext: Uint8Array;
}

export type MessageAnswer = OpenedMessage | NeedsParts | Refused;

/** What the counters of one message may cost before it is authentic, over all states [W-84]. */
const STEPS_PER_MESSAGE = 25_000;

/** A new attempt to open a message; the answer key pair is drawn at most once. */
export function attemptOn(
  { profile, randomBytes }: Context,
  message: ReceivedMessage,
  parts: readonly SessionPart[],
): Attempt {
  let ratchetKey: Uint8Array | undefined;
  return {
    message,
    parts,
    stepsLeft: Math.max(STEPS_PER_MESSAGE, profile.jumpLimit),
    nextRatchetKey: () => {
      ratchetKey ??= clamp(randomBytes(32));
      return ratchetKey;
    },
  };
}

/**
 * Tries the current state, then the archived ones, newest first; "duplicate" ends the search
 * [W-80]. Those that know the ratchet key come before those that would have to take a step.
 */
export async function openMessage(
  context: Context,
  record: SessionRecord,
  attempt: Attempt,
): Promise<MessageAnswer> {
  const answer = await openInState(context, record.state, attempt);
  if (answer.kind === "opened") return openedByCurrent(record, answer);
  const archived = archivedStates(record, attempt.parts);
  if (isFinal(answer) || archived?.length === 0) return answer;
  if (archived === undefined) {
    // In one go with what the current state asks for: rounds are few.
    return needParts(...(answer.kind === "needs-parts" ? answer.names : []), ARCHIVE);
  }
  if (answer.kind === "needs-parts") return answer;
  return openArchived(context, record, archived, attempt, answer);
}

/** Opens a message with one state, current or archived. */
export async function openWith(
  context: Context,
  record: SessionRecord,
  archived: readonly SessionState[],
  state: SessionState,
  attempt: Attempt,
): Promise<MessageAnswer> {
  const answer = await openInState(context, state, attempt);
  if (answer.kind !== "opened") return answer;
  return state === record.state
    ? openedByCurrent(record, answer)
    : openedByArchived(record, archived, answer);
}

async function openArchived(
  context: Context,
  record: SessionRecord,
  archived: readonly SessionState[],
  attempt: Attempt,
  refused: Refused,
): Promise<MessageAnswer> {
  const { ratchetKey } = attempt.message;
  const knowing = archived.filter((state) => mayKnow(state, ratchetKey));
  const others = archived.filter((state) => !knowing.includes(state));
  for (const states of [knowing, others]) {
    const missing: string[] = [];
    for (const state of states) {
      const answer = await openWith(context, record, archived, state, attempt);
      if (answer.kind === "needs-parts") missing.push(...answer.names);
      else if (isFinal(answer)) return answer;
    }
    if (missing.length === 0) continue;
    // Rounds are few: a forgery that one state knows the ratchet key of comes to the others too.
    const later = states === knowing ? others : [];
    return needParts(...missing, ...later.flatMap((each) => partsForStep(context, each, attempt)));
  }
  return refused;
}

function isFinal(answer: StateAnswer | MessageAnswer): boolean {
  return answer.kind === "opened" || (answer.kind === "refused" && answer.reason === "duplicate");
}

function openedByCurrent(
  record: SessionRecord,
  { state, put, drop, plaintext }: OpenedInState,
): OpenedMessage {
  return { kind: "opened", record: { ...record, state }, put, drop, plaintext };
}

function openedByArchived(
  record: SessionRecord,
  archived: readonly SessionState[],
  { state, put, drop, plaintext }: OpenedInState,
): OpenedMessage {
  const change = promote(record.state, archived, state);
  const { nextId } = record;
  return {
    kind: "opened",
    record: { nextId, archivedCount: change.archivedCount, state },
    put: [...put, ...change.put],
    drop: [...drop, ...change.drop],
    plaintext,
  };
}
