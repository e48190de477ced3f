import { createHmac } from "node:crypto";
import { pause } from "../pause.js";
import { chainOf, type SessionState, withChain } from "./sessionState.js";

/** Skipped keys that the library holds for a chain, the oldest dropped first [W-83]. */
const HELD_LIMIT = 2000;
/** About two milliseconds. */
const STEPS_PER_SLICE = 200;
/** Makes the next chain key of a chain key [W-41]. */
const NEXT: Uint8Array = Uint8Array.of(2);

/**
 * The state with a known chain moved on over those keys that a message with this counter makes the
 * library compute and drop again: held one by one among 2000 others, they would take seconds.
 */
export async function skipDropped(
  state: SessionState,
  ratchetKey: Uint8Array,
  counter: number,
): Promise<Uint8Array> {
  const chain = chainOf(state, ratchetKey);
  const dropped = chain === undefined ? 0 : counter - chain.counter - HELD_LIMIT;
  if (chain === undefined || dropped <= 0) return state.bytes;
  let { key } = chain;
  for (let step = 1; step <= dropped; step += 1) {
    key = createHmac("sha256", key).update(NEXT).digest();
    if (step % STEPS_PER_SLICE === 0) await pause();
  }
  return withChain(state, { ratchetKey, key, counter: chain.counter + dropped });
}
