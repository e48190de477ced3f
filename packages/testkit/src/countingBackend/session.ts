import type { NeedsParts, Refused } from "@omemo/core";
import { type Attempt, type Read, readIn, refuse } from "./ratchet.js";
import {
  ARCHIVE,
  type LoadedSession,
  type SessionState,
  type SkippedMessages,
  skippedName,
} from "./sessionRecord.js";
import { countSkipped } from "./skipped.js";

/** Replaced states that are kept for reading [O2-123, W-85]. */
const MAX_ARCHIVED = 40;

/** A message that was read, and the session that this leaves. */
export interface ReadInSession {
  readonly kind: "read";
  readonly session: LoadedSession;
  readonly plaintext: Uint8Array;
}

type SessionAnswer = ReadInSession | NeedsParts | Refused;

/** Tries the current state, then the replaced ones, newest first. */
export function readInSession(attempt: Attempt, session: LoadedSession): SessionAnswer {
  const { record, archived } = session;
  const answer = readInState(attempt, session, record.state);
  if (answer.kind === "read" || isFinal(answer)) return answer;
  if (archived === undefined) {
    return { kind: "needs-parts", names: [...namesOf(answer), ARCHIVE] };
  }
  const answers = archived.map((state) => readInState(attempt, session, state));
  const found = answers.find((each) => each.kind === "read" || isFinal(each));
  if (found !== undefined) return found;
  const names = [answer, ...answers].flatMap(namesOf);
  return names.length > 0 ? { kind: "needs-parts", names } : answer;
}

/** Reads in one state, which is the current one from then on [W-81, O2-123]. */
export function readInState(
  attempt: Attempt,
  session: LoadedSession,
  state: SessionState,
): SessionAnswer {
  const answer = readIn(attempt, state, session.skipped.get(state.id));
  if (answer === undefined) return { kind: "needs-parts", names: [skippedName(state.id)] };
  return answer.kind === "refused" ? answer : keep(session, state, answer);
}

/** The session with another current state; the one before is kept for reading, without exchange. */
export function replaceState(session: LoadedSession, state: SessionState): LoadedSession {
  const { record, archived = [] } = session;
  const others = archived.filter(({ id }) => id !== state.id);
  const before = { ...record.state, pending: null };
  const kept = [before, ...others].slice(0, MAX_ARCHIVED);
  const nextId = Math.max(record.nextId, state.id + 1);
  return {
    record: { ...record, state, nextId, archivedCount: kept.length },
    archived: kept,
    skipped: session.skipped,
  };
}

/**
 * What a new state is added to: nothing, or a session with the same peer, of which the archive has
 * to be loaded [W-20, W-86].
 */
export function whyNotReplaced(
  session: LoadedSession | undefined,
  peer: string,
): NeedsParts | Refused | undefined {
  if (session === undefined) return undefined;
  if (session.record.state.peer !== peer) return refuse("identity-differs");
  return session.archived === undefined ? { kind: "needs-parts", names: [ARCHIVE] } : undefined;
}

function keep(
  session: LoadedSession,
  before: SessionState,
  { state, skipped, plaintext }: Read,
): ReadInSession {
  const after = skipped === undefined ? state : { ...state, skippedCount: countSkipped(skipped) };
  const { record } = session;
  const moved =
    before === record.state
      ? { ...session, record: { ...record, state: after } }
      : replaceState(session, after);
  return {
    kind: "read",
    session: { ...moved, skipped: withChange(session, after, skipped) },
    plaintext,
  };
}

function withChange(
  { skipped: all }: LoadedSession,
  { id }: SessionState,
  skipped: readonly SkippedMessages[] | undefined,
): LoadedSession["skipped"] {
  return skipped === undefined ? all : new Map([...all, [id, skipped]]);
}

function isFinal(answer: SessionAnswer): boolean {
  return answer.kind === "refused" && answer.reason === "duplicate";
}

function namesOf(answer: SessionAnswer): readonly string[] {
  return answer.kind === "needs-parts" ? answer.names : [];
}
