import type { SessionPart } from "@omemo/core";
import type { Skipped } from "../ratchet/chain.js";
import type { Profile } from "../ratchet/profile.js";
import { partNamed } from "./context.js";
import {
  decodeRuns,
  encodeRuns,
  evict,
  type HeldRun,
  heldName,
  runName,
  type SkippedKeys,
  splitKeys,
} from "./heldKeys.js";
import { OLDER_CHAINS } from "./olderChains.js";
import type { SessionState } from "./sessionState.js";

/** What changes in storage when the held keys of a state change. */
export interface HeldChange {
  readonly oldestHeld: number;
  readonly put: readonly SessionPart[];
  readonly drop: readonly string[];
}

/** The held keys of a state; `undefined` when there are some and their list was not loaded. */
export function heldRuns(
  state: SessionState,
  parts: readonly SessionPart[],
): readonly HeldRun[] | undefined {
  if (state.oldestHeld === 0) return [];
  const part = partNamed(parts, heldName(state.id));
  return part && decodeRuns(part);
}

/** What was skipped on the way through a chain. */
export function skippedKeys(chainNumber: number, { seeds, chain }: Skipped): SkippedKeys {
  return { chainNumber, ratchetKey: chain.ratchetKey, from: chain.counter - seeds.length, seeds };
}

/**
 * Adds skipped keys and forgets those that are too many or, where keys do not outlive their chain,
 * of a chain that is no longer kept [O2-59, W-83].
 */
export function holdKeys(
  profile: Profile,
  { id: stateId, oldestHeld }: SessionState,
  before: readonly HeldRun[],
  skipped: readonly SkippedKeys[],
  newestChain: number,
): HeldChange {
  if (before.length === 0 && skipped.every(({ seeds }) => seeds.length === 0)) {
    return { oldestHeld, put: [], drop: [] };
  }
  const added = skipped.flatMap((keys) => splitKeys(stateId, keys));
  let after: readonly HeldRun[] = [...before, ...added.map(({ run }) => run)];
  if (profile.holdsFinishedChains) {
    after = evict(after, profile.heldLimit, () => true);
  } else {
    after = after.filter(({ chainNumber }) => chainNumber >= newestChain - OLDER_CHAINS);
    for (const { chainNumber } of skipped) {
      after = evict(after, profile.heldLimit, (run) => run.chainNumber === chainNumber);
    }
  }
  return replaceRuns(
    stateId,
    before,
    after,
    added.map(({ part }) => part),
  );
}

/** The parts that differ between two lists of runs; `keys` are the parts of runs that are new. */
export function replaceRuns(
  stateId: number,
  before: readonly HeldRun[],
  after: readonly HeldRun[],
  keys: readonly SessionPart[],
): HeldChange {
  const kept = new Set(after.map((run) => runName(stateId, run)));
  const put = keys.filter(({ name }) => kept.has(name));
  const drop = before.map((run) => runName(stateId, run)).filter((name) => !kept.has(name));
  const list = heldName(stateId);
  if (after.length > 0) put.push({ name: list, value: encodeRuns(after) });
  else if (before.length > 0) drop.push(list);
  const oldest = after.reduce((least, { chainNumber }) => Math.min(least, chainNumber), Infinity);
  return { oldestHeld: after.length > 0 ? oldest : 0, put, drop };
}
