import type { OmemoVersion, RefusalReason, Refused } from "@omemo/core";
import { digest } from "./digest.js";
import { type Frame, macOf, mask } from "./frames.js";
import type { ReceivingChain, SessionState, SkippedMessages } from "./sessionRecord.js";
import { skipUntil, withoutSkipped } from "./skipped.js";

/** Largest jump of a counter in one chain [O2-60, W-84]. */
const JUMP: Readonly<Record<OmemoVersion, number>> = {
  "eu.siacs.conversations.axolotl": 25_000,
  "urn:xmpp:omemo:2": 1000,
};

/** Chains of the peer in which messages may still come late. */
const MAX_CHAINS = 5;

/** A message that is to be read, in whatever state can. */
export interface Attempt {
  readonly version: OmemoVersion;
  readonly frame: Frame;
  /** A new ratchet key for the answer. */
  readonly nextRatchetKey: () => string;
}

/** A message that one state could read, and what that leaves of it. */
export interface Read {
  readonly kind: "read";
  readonly state: SessionState;
  /** `undefined` when they did not change. */
  readonly skipped: readonly SkippedMessages[] | undefined;
  readonly plaintext: Uint8Array;
}

/** The one key of a message; it follows from its counter, so nothing is ever walked. */
export function messageKeyOf(chain: string, counter: number): string {
  return digest("message", chain, String(counter));
}

/** Both sides come to the same two keys, from what either knows of the other. */
export function step(
  root: string,
  one: string,
  other: string,
): readonly [root: string, chain: string] {
  const pair = one < other ? [one, other] : [other, one];
  return [digest("root", root, ...pair), digest("chain", root, ...pair)];
}

/** The MAC covers both identities as well, the initiator's first, in both directions [O2-45]. */
export function macKeyOf({ isInitiator, own, peer }: SessionState, messageKey: string): string {
  return isInitiator ? `${messageKey} ${own} ${peer}` : `${messageKey} ${peer} ${own}`;
}

/** Reads a message in one state; `undefined` when that wants its skipped messages, not given here. */
export function readIn(
  attempt: Attempt,
  state: SessionState,
  skipped: readonly SkippedMessages[] | undefined,
): Read | Refused | undefined {
  const { ratchetKey, counter } = attempt.frame;
  const chain = state.chains.find((each) => each.ratchetKey === ratchetKey);
  if (chain !== undefined && counter >= chain.counter) {
    return readInChain(attempt, state, skipped, chain);
  }
  if (skipped === undefined) return undefined;
  const late = skipped.find((each) => each.ratchetKey === ratchetKey);
  if (late?.counters.includes(counter) === true) {
    const plaintext = open(attempt, state, late.key);
    if (plaintext === undefined) return refuse("not-authentic");
    return { kind: "read", state, skipped: withoutSkipped(skipped, late, counter), plaintext };
  }
  const isKnown = chain !== undefined || late !== undefined;
  return isKnown ? refuse("duplicate") : readByStep(attempt, state, skipped);
}

/** The answer to what is not read. */
export function refuse(reason: RefusalReason): Refused {
  return { kind: "refused", reason };
}

function readInChain(
  attempt: Attempt,
  state: SessionState,
  skipped: readonly SkippedMessages[] | undefined,
  chain: ReceivingChain,
): Read | Refused | undefined {
  const { version, frame } = attempt;
  if (frame.counter - chain.counter > JUMP[version]) return refuse("too-many-skipped");
  const plaintext = open(attempt, state, chain.key);
  if (plaintext === undefined) return refuse("not-authentic");
  const isInOrder = frame.counter === chain.counter;
  if (!isInOrder && skipped === undefined) return undefined;
  const moved = { ...chain, counter: frame.counter + 1 };
  const chains = state.chains.map((each) => (each === chain ? moved : each));
  return {
    kind: "read",
    state: { ...state, chains },
    skipped: isInOrder ? undefined : skipUntil(version, skipped ?? [], chain, frame.counter),
    plaintext,
  };
}

/** A strange ratchet key: a new chain of the peer, and a new one of our own. */
function readByStep(
  attempt: Attempt,
  state: SessionState,
  skipped: readonly SkippedMessages[],
): Read | Refused {
  const { version, frame } = attempt;
  const { ratchetKey, counter } = frame;
  if (counter > JUMP[version]) return refuse("too-many-skipped");
  const [received, key] = step(state.root, state.ratchetKey, ratchetKey);
  const plaintext = open(attempt, state, key);
  if (plaintext === undefined) return refuse("not-authentic");
  const own = attempt.nextRatchetKey();
  const [root, sendingKey] = step(received, own, ratchetKey);
  const [last, ...older] = state.chains;
  const ended = last === undefined ? undefined : endChain(attempt, skipped, last);
  const started = { ratchetKey, key, counter: 0 };
  const chains = [{ ...started, counter: counter + 1 }, ...(ended?.chains ?? []), ...older];
  return {
    kind: "read",
    state: {
      ...state,
      root,
      ratchetKey: own,
      pending: null,
      sending: { key: sendingKey, counter: 0 },
      previousCounter: state.sending?.counter ?? 0,
      chains: chains.slice(0, MAX_CHAINS),
    },
    skipped: skipUntil(version, ended?.skipped ?? skipped, started, counter),
    plaintext,
  };
}

/** What is still to come of the chain before; a number that is too large blocks nothing [O2-63]. */
function endChain(
  { version, frame: { previousCounter } }: Attempt,
  skipped: readonly SkippedMessages[],
  chain: ReceivingChain,
): { readonly chains: readonly ReceivingChain[]; readonly skipped: readonly SkippedMessages[] } {
  const missing = previousCounter - chain.counter;
  if (missing <= 0 || missing > JUMP[version]) return { chains: [chain], skipped };
  return {
    chains: [{ ...chain, counter: previousCounter }],
    skipped: skipUntil(version, skipped, chain, previousCounter),
  };
}

function open(
  { version, frame: { counter, authenticated, mac, ciphertext } }: Attempt,
  state: SessionState,
  chain: string,
): Uint8Array | undefined {
  const key = messageKeyOf(chain, counter);
  const isAuthentic = macOf(version, macKeyOf(state, key), authenticated) === mac;
  return isAuthentic ? mask(key, ciphertext) : undefined;
}
