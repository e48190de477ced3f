import type { SessionPart } from "@omemo/core";
import type { Chain, SessionState } from "./sessionState.js";
import { decodeChain, encodeChain } from "./stateCodec.js";

/** Receiving chains that a state keeps beside the current one [W-83]. */
export const OLDER_CHAINS = 4;

const TAG_LENGTH = 2;

/** A kept chain, and which one it is. */
export interface NumberedChain {
  readonly number: number;
  readonly chain: Chain;
}

/** Name of the part with that chain; the chain that it replaces there is too old by then. */
export function chainName(stateId: number, chainNumber: number): string {
  return `${stateId}-chain-${chainNumber % OLDER_CHAINS}`;
}

export function chainPart(stateId: number, { number, chain }: NumberedChain): SessionPart {
  return { name: chainName(stateId, number), value: encodeChain(chain) };
}

/** Names of the parts of all older chains that a state keeps. */
export function olderChainNames(state: SessionState): readonly string[] {
  return olderNumbers(state).map((number) => chainName(state.id, number));
}

/**
 * Numbers of the older chains that may have that ratchet key. The head has room for two bytes of
 * each, so a stranger matches once in 16 000 times, and costs one more record to load.
 */
export function candidateChains(state: SessionState, ratchetKey: Uint8Array): readonly number[] {
  return olderNumbers(state).filter((number) => {
    const start = TAG_LENGTH * (number % OLDER_CHAINS);
    return state.olderTags[start] === ratchetKey[0] && state.olderTags[start + 1] === ratchetKey[1];
  });
}

/** @throws OmemoError `store-failure`. */
export function decodeOlderChain(part: Uint8Array, number: number): NumberedChain {
  return { number, chain: decodeChain(part) };
}

/** The tags once the current chain has become an older one. */
export function addTag(state: SessionState, current: Chain): Uint8Array {
  const tags = state.olderTags.slice();
  const start = TAG_LENGTH * (state.chainNumber % OLDER_CHAINS);
  tags.set(current.ratchetKey.subarray(0, TAG_LENGTH), start);
  return tags;
}

/** The newest first. */
function olderNumbers({ chainNumber }: SessionState): readonly number[] {
  const numbers: number[] = [];
  for (let number = chainNumber - 1; number > 0 && numbers.length < OLDER_CHAINS; number -= 1) {
    numbers.push(number);
  }
  return numbers;
}
