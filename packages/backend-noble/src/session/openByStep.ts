import { advance, type Skipped, skipKeys } from "../ratchet/chain.js";
import { openBody } from "../ratchet/messageBody.js";
import type { Profile, ReceivedMessage } from "../ratchet/profile.js";
import { type RootStep, rootStep } from "../ratchet/rootStep.js";
import { needParts, refuse, type StateAnswer } from "./answer.js";
import type { Attempt, Context } from "./context.js";
import { heldName } from "./heldKeys.js";
import { heldRuns, holdKeys, skippedKeys } from "./holdKeys.js";
import { addTag, chainPart, OLDER_CHAINS } from "./olderChains.js";
import type { Chain, SessionState } from "./sessionState.js";

/**
 * Opens the first message of a new receiving chain: a step of the DH ratchet [O2-52, section 8].
 * Of our answer only the private key is drawn; the next send makes its chain, so that each side
 * of a step costs one agreement.
 */
export async function openByStep(
  context: Context,
  state: SessionState,
  attempt: Attempt,
): Promise<StateAnswer> {
  const { primitives, profile, work } = context;
  const { message, parts } = attempt;
  const { ratchetKey, counter } = message;
  if (counter > Math.min(profile.jumpLimit, attempt.stepsLeft)) return refuse("too-many-skipped");
  const runs = touchesHeld(profile, state, message) ? heldRuns(state, parts) : [];
  if (runs === undefined) return needParts(heldName(state.id));
  const pause = work.spend(primitives.agreementCost);
  if (pause !== undefined) await pause;
  const step = receiveStep(context, state, ratchetKey);
  if (step === undefined) return refuse("not-authentic");
  attempt.stepsLeft -= counter;
  const first: Chain = { ratchetKey, key: step.chainKey, counter: 0 };
  const skipped: Skipped =
    counter === 0
      ? { seeds: [], chain: first }
      : await skipKeys(primitives, work, first, counter, profile.heldLimit);
  const { seed, chain } = advance(primitives, skipped.chain);
  const associatedData = profile.associatedData(state, "received");
  const plaintext = openBody(primitives, profile, seed, associatedData, message);
  if (plaintext === undefined) return refuse("not-authentic");

  const finished = await finishChain(context, state, message);
  const number = state.chainNumber + 1;
  const held = [
    ...(finished === undefined ? [] : [skippedKeys(state.chainNumber, finished)]),
    skippedKeys(number, skipped),
  ];
  const change = holdKeys(profile, state, runs, held, number);
  const older =
    finished && chainPart(state.id, { number: state.chainNumber, chain: finished.chain });
  return {
    kind: "opened",
    state: {
      ...state,
      pending: undefined,
      rootKey: step.rootKey,
      ownRatchetKey: attempt.nextRatchetKey(),
      sending: undefined,
      previousCounter: countSent(profile, state),
      receiving: chain,
      chainNumber: number,
      olderTags: finished === undefined ? state.olderTags : addTag(state, finished.chain),
      oldestHeld: change.oldestHeld,
    },
    put: older === undefined ? change.put : [...change.put, older],
    drop: change.drop,
    plaintext,
  };
}

/** What a state that does not know the ratchet key will ask for, without trying it. */
export function partsForStep(
  { profile }: Context,
  state: SessionState,
  { message, parts }: Attempt,
): readonly string[] {
  const isNeeded = profile.holdsFinishedChains || touchesHeld(profile, state, message);
  return isNeeded && heldRuns(state, parts) === undefined ? [heldName(state.id)] : [];
}

/** The new receiving chain; an answer chain that was never sent in is stepped over first. */
function receiveStep(
  { primitives, profile }: Context,
  { rootKey, ownRatchetKey, sending, receiving }: SessionState,
  ratchetKey: Uint8Array,
): RootStep | undefined {
  const answer =
    sending === undefined && receiving !== undefined
      ? rootStep(primitives, profile, rootKey, ownRatchetKey, receiving.ratchetKey)
      : undefined;
  return rootStep(primitives, profile, answer?.rootKey ?? rootKey, ownRatchetKey, ratchetKey);
}

/** The chain that ends, with the keys of its missing messages where those outlive it [O2-64]. */
function finishChain(
  { primitives, profile, work }: Context,
  state: SessionState,
  message: ReceivedMessage,
): Skipped | Promise<Skipped> | undefined {
  const { receiving: chain } = state;
  if (chain === undefined) return undefined;
  if (missingInChain(profile, state, message) === 0) return { seeds: [], chain };
  return skipKeys(primitives, work, chain, message.previousCounter, profile.heldLimit);
}

/**
 * How many messages of the ending chain are still to come, as far as their keys are kept apart. A
 * count that is too large is ignored [O2-63]: the chain itself stays for a while, and covers both
 * readings of `pn`.
 */
function missingInChain(
  profile: Profile,
  { receiving }: SessionState,
  { previousCounter }: ReceivedMessage,
): number {
  if (!profile.holdsFinishedChains || receiving === undefined) return 0;
  const missing = previousCounter - receiving.counter;
  return missing > 0 && missing <= profile.jumpLimit ? missing : 0;
}

/** Whether the step adds held keys, or outdates those of a chain that falls off the end. */
function touchesHeld(profile: Profile, state: SessionState, message: ReceivedMessage): boolean {
  const falls = !profile.holdsFinishedChains && state.oldestHeld > 0;
  return (
    message.counter > 0 ||
    missingInChain(profile, state, message) > 0 ||
    (falls && state.oldestHeld < state.chainNumber + 1 - OLDER_CHAINS)
  );
}

function countSent({ previousCounter }: Profile, { sending }: SessionState): number {
  const count = sending?.counter ?? 0;
  return previousCounter === "count" ? count : Math.max(count - 1, 0);
}
