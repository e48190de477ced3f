import type { OmemoIdentity } from "@omemo/core";
import type { TrustExplanation, TrustPolicy } from "./trustPolicy.js";

/**
 * Shows a person one key and what is known of it; resolves with the level chosen, or `undefined`
 * when nothing was decided, which stops the message.
 */
export type TrustDialog = (question: TrustExplanation) => Promise<string | undefined>;

/**
 * For the manager's option `undecided`: asks about each key, one after another, and records what was
 * decided. It may wait for a person, because it runs while nothing is locked; of two messages that
 * ask at once, the second waits, and asks only about what the first left open.
 */
export function askAbout(
  policy: TrustPolicy,
  dialog: TrustDialog,
): (identities: readonly OmemoIdentity[]) => Promise<void> {
  let before: Promise<void> = Promise.resolve();
  const ask = async (identities: readonly OmemoIdentity[]): Promise<void> => {
    for (const identity of identities) {
      const [question] = await policy.explain([identity]);
      if (question === undefined || question.state !== "undecided") continue;
      const level = await dialog(question);
      if (level === undefined) return;
      await policy.decide(identity, level);
    }
  };
  return (identities) => {
    // What one dialog threw at its own message is no business of the next.
    const turn = before.catch(() => undefined).then(() => ask(identities));
    before = turn;
    return turn;
  };
}
