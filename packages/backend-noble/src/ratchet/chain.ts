import type { Primitives } from "../primitives/primitives.js";
import type { Chain } from "../session/sessionState.js";
import type { Work } from "./work.js";

/** The seed of the next message of a chain, and the chain behind it. */
export interface Advanced {
  /** 32 bytes. */
  readonly seed: Uint8Array;
  readonly chain: Chain;
}

/** A chain walked forward, and the seeds passed on the way. */
export interface Skipped {
  /** The newest of them, in order; the last one belongs to the message before `chain`. */
  readonly seeds: readonly Uint8Array[];
  readonly chain: Chain;
}

/** KDF_CK [W-41, O2-54]. */
export function advance(primitives: Primitives, chain: Chain): Advanced {
  const { seed, next } = primitives.chainStep(chain.key);
  return { seed, chain: { ...chain, key: next, counter: chain.counter + 1 } };
}

/**
 * Walks to the message `counter`, in slices, so that 25 000 steps block nobody [O2-60, W-84].
 * Changes nothing: a forged counter costs these HMACs and no more.
 *
 * @param keep how many seeds are wanted at most.
 */
export async function skipKeys(
  primitives: Primitives,
  work: Work,
  from: Chain,
  counter: number,
  keep: number,
): Promise<Skipped> {
  const seeds: Uint8Array[] = [];
  let { key } = from;
  for (let index = from.counter; index < counter; index += 1) {
    if (counter - index > keep) {
      key = primitives.nextChainKey(key);
    } else {
      const { seed, next } = primitives.chainStep(key);
      seeds.push(seed);
      key = next;
    }
    const pause = work.spend(1);
    if (pause !== undefined) await pause;
  }
  return { seeds, chain: { ...from, key, counter } };
}
