import { advance, type Skipped, skipKeys } from "../ratchet/chain.js";
import { openBody } from "../ratchet/messageBody.js";
import { needParts, refuse, type StateAnswer } from "./answer.js";
import type { Attempt, Context } from "./context.js";
import { heldName } from "./heldKeys.js";
import { heldRuns, holdKeys, skippedKeys } from "./holdKeys.js";
import { chainPart, type NumberedChain } from "./olderChains.js";
import { openHeld } from "./openHeld.js";
import type { SessionState } from "./sessionState.js";

/** Opens a message of a receiving chain that the state knows, the current one or an older one. */
export async function openInChain(
  context: Context,
  state: SessionState,
  known: NumberedChain,
  attempt: Attempt,
): Promise<StateAnswer> {
  const { primitives, profile, work } = context;
  const { message, parts } = attempt;
  const jump = message.counter - known.chain.counter;
  if (jump < 0) return openHeld(context, state, attempt);
  if (jump > Math.min(profile.jumpLimit, attempt.stepsLeft)) return refuse("too-many-skipped");
  const runs = jump === 0 ? [] : heldRuns(state, parts);
  if (runs === undefined) return needParts(heldName(state.id));
  attempt.stepsLeft -= jump;
  const skipped: Skipped =
    jump === 0
      ? { seeds: [], chain: known.chain }
      : await skipKeys(primitives, work, known.chain, message.counter, profile.heldLimit);
  const { seed, chain } = advance(primitives, skipped.chain);
  const associatedData = profile.associatedData(state, "received");
  const plaintext = openBody(primitives, profile, seed, associatedData, message);
  if (plaintext === undefined) return refuse("not-authentic");
  const { number } = known;
  const isCurrent = number === state.chainNumber;
  const change = holdKeys(profile, state, runs, [skippedKeys(number, skipped)], state.chainNumber);
  return {
    kind: "opened",
    state: {
      ...state,
      oldestHeld: change.oldestHeld,
      pending: undefined,
      receiving: isCurrent ? chain : state.receiving,
    },
    put: isCurrent ? change.put : [...change.put, chainPart(state.id, { number, chain })],
    drop: change.drop,
    plaintext,
  };
}
