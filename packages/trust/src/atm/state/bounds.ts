import type { Replayed } from "../rules/replay.js";
import { nameOf, type Statement } from "../rules/statement.js";

/** Statements that are remembered in all [ATM-08]. */
export const MAX_STATEMENTS = 10_000;
/** Of senders of one account that nobody authenticated: strangers may say what they like. */
export const MAX_WAITING = 500;

/** The newest of statements that say the same. */
export function newest(statements: readonly Statement[]): readonly Statement[] {
  const kept = new Map<string, Statement>();
  for (const statement of statements) {
    const { sender, subject, verdict, at } = statement;
    const name = `${nameOf(sender)} ${nameOf(subject)} ${verdict}`;
    const before = kept.get(name);
    if (before === undefined || before.at < at) kept.set(name, statement);
  }
  return [...kept.values()];
}

/**
 * What is remembered: all that an authenticated key said, and of others the newest, as far as there is
 * room. `undefined` when not even the former has.
 */
export function withinBounds(
  statements: readonly Statement[],
  { standings }: Replayed,
): readonly Statement[] | undefined {
  const counts = ({ sender }: Statement): boolean =>
    standings.get(nameOf(sender))?.verdict === "trust";
  const lasting = statements.filter(counts);
  if (lasting.length > MAX_STATEMENTS) return undefined;
  const ofAccount = new Map<string, number>();
  const others = statements
    .filter((each) => !counts(each))
    .sort((a, b) => b.at - a.at)
    .filter(({ sender: { jid } }) => {
      const count = (ofAccount.get(jid) ?? 0) + 1;
      ofAccount.set(jid, count);
      return count <= MAX_WAITING;
    });
  return [...lasting, ...others.slice(0, MAX_STATEMENTS - lasting.length)];
}
