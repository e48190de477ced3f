import type { TrustKey } from "../../decisions/decision.js";
import type { TrustVerdict } from "../wire/trustMessage.js";
import { type ManualStep, nameOf, type Statement } from "./statement.js";

/** What holds for a key in the end. */
export interface Standing {
  readonly subject: TrustKey;
  readonly verdict: TrustVerdict;
  readonly at: number;
  /** Whose word it is; `undefined`: a person decided here. */
  readonly by: TrustKey | undefined;
}

/** What follows from all that was said and decided. */
export interface Replayed {
  /** By name of the key, see `nameOf`. */
  readonly standings: ReadonlyMap<string, Standing>;
  /** Of senders that nobody authenticated: they may count later [ATM-06]. */
  readonly waiting: readonly Statement[];
  /** A person decided otherwise here [ATM-09]. */
  readonly overruled: readonly Statement[];
}

/** What is known, in any order. */
export interface Heard {
  readonly statements: readonly Statement[];
  readonly manual: readonly ManualStep[];
  /** Whether later statements of others change what a person decided here [ATM-09]. */
  readonly follows: boolean;
}

type Step = Statement | ManualStep;

/**
 * Tells what holds, as if everything had arrived in the order in which it was said: so the order of
 * arrival changes nothing, and neither does hearing something twice [TM-07]. What was said before its
 * sender was authenticated counts from then on, and may authenticate others in turn [ATM-06, ATM-08];
 * what a distrusted key said meanwhile never counts. Each statement is enacted at most once, so that
 * circles end.
 */
export function replay({ statements, manual, follows }: Heard): Replayed {
  const standings = new Map<string, Standing>();
  const waiting = new Map<string, Statement[]>();
  const overruled: Statement[] = [];
  /** Answers what was waiting for this key. */
  const settle = (standing: Standing): readonly Statement[] => {
    const name = nameOf(standing.subject);
    standings.set(name, standing);
    const held = waiting.get(name) ?? [];
    waiting.delete(name);
    return standing.verdict === "trust" ? held : [];
  };
  const enact = (first: readonly Statement[]): void => {
    const queue = [...first];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const before = standings.get(nameOf(next.subject));
      const isManual = before !== undefined && before.by === undefined;
      if (isManual && !follows) {
        if (before.verdict !== next.verdict) overruled.push(next);
      } else if (before === undefined || isNewer(next, before)) {
        const { subject, verdict, at, sender: by } = next;
        queue.push(...settle({ subject, verdict, at, by }));
      }
    }
  };
  for (const step of [...statements, ...manual].sort(inOrder)) {
    if (step.verdict === "release") standings.delete(nameOf(step.subject));
    else if (!isStatement(step)) enact(settle({ ...step, verdict: step.verdict, by: undefined }));
    else {
      const sender = nameOf(step.sender);
      const standing = standings.get(sender)?.verdict;
      if (standing === "trust") enact([step]);
      if (standing !== undefined) continue;
      const held = waiting.get(sender);
      if (held === undefined) waiting.set(sender, [step]);
      else held.push(step);
    }
  }
  return { standings, waiting: [...waiting.values()].flat(), overruled };
}

/** Of what was said at once, distrust wins [ATM-09]. */
function isNewer(next: Statement, before: Standing): boolean {
  return next.at > before.at || (next.at === before.at && next.verdict === "distrust");
}

const RANKS = { trust: 0, distrust: 1 } as const;

/** By time; at the same moment distrust comes after trust, and what a person decided comes last. */
function inOrder(a: Step, b: Step): number {
  return a.at - b.at || rank(a) - rank(b) || (textOf(a) < textOf(b) ? -1 : 1);
}

function rank(step: Step): number {
  return isStatement(step) ? RANKS[step.verdict] : 2;
}

function isStatement(step: Step): step is Statement {
  return "sender" in step;
}

function textOf(step: Step): string {
  const sender = isStatement(step) ? nameOf(step.sender) : "";
  return `${sender} ${nameOf(step.subject)} ${step.verdict}`;
}
