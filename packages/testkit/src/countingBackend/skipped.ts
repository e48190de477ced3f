import type { OmemoVersion } from "@omemo/core";
import type { ReceivingChain, SkippedMessages } from "./sessionRecord.js";

/** How many messages stay readable when later ones came first [O2-59, W-83]. */
const LIMIT: Readonly<Record<OmemoVersion, number>> = {
  "eu.siacs.conversations.axolotl": 2000,
  "urn:xmpp:omemo:2": 1000,
};

/** With what a chain skips before this counter; beyond the limit the oldest are forgotten. */
export function skipUntil(
  version: OmemoVersion,
  skipped: readonly SkippedMessages[],
  { ratchetKey, key, counter }: ReceivingChain,
  until: number,
): readonly SkippedMessages[] {
  if (counter >= until) return skipped;
  const first = Math.max(counter, until - LIMIT[version]);
  const counters = Array.from({ length: until - first }, (_, index) => first + index);
  const before = skipped.find((each) => each.ratchetKey === ratchetKey)?.counters ?? [];
  const others = skipped.filter((each) => each.ratchetKey !== ratchetKey);
  const all = [...others, { ratchetKey, key, counters: [...before, ...counters] }];
  return forgetOldest(all, countSkipped(all) - LIMIT[version]);
}

/** Without a message that came after all. */
export function withoutSkipped(
  skipped: readonly SkippedMessages[],
  chain: SkippedMessages,
  counter: number,
): readonly SkippedMessages[] {
  const counters = chain.counters.filter((each) => each !== counter);
  return skipped
    .map((each) => (each === chain ? { ...chain, counters } : each))
    .filter((each) => each.counters.length > 0);
}

/** How many messages are missing, over all chains. */
export function countSkipped(skipped: readonly SkippedMessages[]): number {
  return skipped.reduce((sum, { counters }) => sum + counters.length, 0);
}

function forgetOldest(
  skipped: readonly SkippedMessages[],
  excess: number,
): readonly SkippedMessages[] {
  const [oldest, ...rest] = skipped;
  if (excess <= 0 || oldest === undefined) return skipped;
  const counters = oldest.counters.slice(excess);
  return counters.length > 0
    ? [{ ...oldest, counters }, ...rest]
    : forgetOldest(rest, excess - oldest.counters.length);
}
