import type { Clock, OmemoStore, RecordCheck } from "@omemo/core";
import type { KeyDecision, TrustKey, TrustLevels } from "../../decisions/decision.js";
import { meaningOf } from "../../decisions/levels.js";
import { planDecisions } from "../../decisions/planDecisions.js";
import { encodeJson } from "../../jsonRecord.js";
import { untilNobodyInterferes } from "../../untilNobodyInterferes.js";
import type { AutomaticTrustEvent } from "../events.js";
import { type Replayed, replay } from "../rules/replay.js";
import { nameOf, type Statement } from "../rules/statement.js";
import { newest, withinBounds } from "./bounds.js";
import { type Derived, derive } from "./derive.js";
import {
  latestOf,
  type Manual,
  NOTHING,
  stepsOf,
  verdictOf,
  withDecision,
} from "./manualRecord.js";
import { planOwn } from "./planOwn.js";
import { loadSnapshot, REVISION, type Snapshot } from "./snapshot.js";

/** What the parts of automatic trust share. */
export interface TrustContext {
  readonly store: OmemoStore;
  readonly levels: TrustLevels;
  readonly audit: boolean;
  /** Whether later statements change what a person decided [ATM-09]. */
  readonly follows: boolean;
  readonly clock: Clock;
  tell(event: AutomaticTrustEvent): void;
  /** Changes of this process never come between each other. */
  inTurn<Value>(work: () => Promise<Value>): Promise<Value>;
}

/** What happened; all of it is committed together with what follows from it, or nothing. */
export interface Change {
  /** In one message. */
  readonly said?: readonly Statement[];
  /** By a person, each about another key. */
  readonly decided?: readonly KeyDecision[];
  /** What was said before may be understood better now. */
  readonly edit?: (statements: readonly Statement[]) => readonly Statement[];
}

interface Remembered {
  readonly key: TrustKey;
  readonly manual: Manual;
}

/**
 * Makes what happened durable, and the decisions that follow from it.
 * @throws OmemoError `store-failure`, `store-conflict` when others keep coming between.
 */
export async function change(context: TrustContext, happened: Change): Promise<void> {
  const attempt = () => untilNobodyInterferes(() => tryChange(context, happened));
  const events = await context.inTurn(attempt);
  for (const event of events) context.tell(event);
}

async function tryChange(
  context: TrustContext,
  { said = [], decided = [], edit = (statements) => statements }: Change,
): Promise<readonly AutomaticTrustEvent[]> {
  const { store, levels, follows, audit } = context;
  const now = context.clock.now();
  const concerned = decided.map(({ identity }) => identity);
  const all = (statements: readonly Statement[]) => newest([...edit(statements), ...said]);
  const snapshot = await loadSnapshot(store, levels, all, concerned);
  const news = decided.filter((each) => !isDecided(snapshot, each));
  const memories = news.map((each) => remember(snapshot, levels, each, now));
  const outcome = replay({
    statements: snapshot.statements,
    manual: [...snapshot.manual, ...memories.flatMap(({ key, manual }) => stepsOf(key, manual))],
    follows,
  });
  const kept = withinBounds(snapshot.statements, outcome);
  // Only what is said can be too much: a person's decision adds no statement.
  if (kept === undefined) return said.slice(0, 1).map(tooMuch);
  const derived = derive(snapshot, outcome, levels, new Set(concerned.map(nameOf)));
  const decisions = await planDecisions(store, [...news, ...derived], { audit, now });
  const own = planOwn(snapshot, {
    kept,
    manual: [...memories, ...overwritten(snapshot, derived)],
    told: news.filter((each) => isTold(levels, each)).map(({ identity }) => identity),
  });
  const put = [...(decisions?.put ?? []), ...own.put];
  if (put.length + own.delete.length > 0) {
    await store.commit({
      check: onceEach([...snapshot.check, ...(decisions?.check ?? [])]),
      put: [...put, { key: REVISION, value: encodeJson(now) }],
      delete: own.delete,
    });
  }
  return eventsOf(derived, said, outcome);
}

/** Whether a person decided exactly this before. */
function isDecided({ subjects }: Snapshot, { identity, decision }: KeyDecision): boolean {
  const before = subjects.get(nameOf(identity))?.decision;
  return before?.level === decision.level && before.origin === decision.origin;
}

function isTold(levels: TrustLevels, { decision }: KeyDecision): boolean {
  return verdictOf(meaningOf(levels, decision.level)) !== "release";
}

/** Now, but never before what was said of the key: the clocks of others may be ahead. */
function remember(
  { statements, subjects }: Snapshot,
  levels: TrustLevels,
  { identity, decision }: KeyDecision,
  now: number,
): Remembered {
  const name = nameOf(identity);
  const before = subjects.get(name)?.manual ?? NOTHING;
  const heard = statements.filter(({ subject }) => nameOf(subject) === name);
  const times = [latestOf(before), ...heard.map(({ at }) => at)];
  const at = times.reduce((latest, each) => Math.max(latest, each + 1), now);
  return { key: identity, manual: withDecision(before, decision.level, levels, at) };
}

/** What a person decided, and others make something else of now. */
function overwritten({ subjects }: Snapshot, derived: readonly Derived[]): readonly Remembered[] {
  return derived.flatMap(({ identity }) => {
    const subject = subjects.get(nameOf(identity));
    return subject?.decision?.origin === "person" ? [subject] : [];
  });
}

function onceEach(checks: readonly RecordCheck[]): readonly RecordCheck[] {
  const named = checks.map((check) => [`${check.key.join(" ")} ${check.version}`, check] as const);
  return [...new Map(named).values()];
}

function tooMuch({ sender }: Statement): AutomaticTrustEvent {
  return { kind: "refused", from: sender, reason: "too-much" };
}

function eventsOf(
  derived: readonly Derived[],
  said: readonly Statement[],
  { waiting, overruled }: Replayed,
): readonly AutomaticTrustEvent[] {
  const held = waiting.filter((statement) => said.includes(statement));
  const [first] = held;
  return [
    ...derived.map(({ identity, decision, by }): AutomaticTrustEvent => {
      return { kind: "decided", key: identity, level: decision.level, by };
    }),
    ...(first === undefined
      ? []
      : [{ kind: "waiting", sender: first.sender, count: held.length } as const]),
    ...overruled
      .filter((statement) => said.includes(statement))
      .map(({ subject, verdict, sender }): AutomaticTrustEvent => {
        return { kind: "conflict", key: subject, said: verdict, by: sender };
      }),
  ];
}
