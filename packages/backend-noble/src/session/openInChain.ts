import { advance, type Skipped, skipKeys } from "../ratchet/chain.js";
import { openBody } from "../ratchet/messageBody.js";
import { needParts, refuse, type StateAnswer } from "./answer.js";
import type { Attempt, Context } from "./context.js";
import { type HeldRun, heldName } from "./heldKeys.js";
import { type HeldChange, heldRuns, holdKeys, skippedKeys } from "./holdKeys.js";
import { chainPart, type NumberedChain } from "./olderChains.js";
import { openHeld } from "./openHeld.js";
import type { SessionState } from "./sessionState.js";

/**
 * Opens a message of a receiving chain that the state knows, the current one or an older one. Only
 * a message that skips others takes its time.
 */
export function openInChain(
  context: Context,
  state: SessionState,
  known: NumberedChain,
  attempt: Attempt,
): StateAnswer | Promise<StateAnswer> {
  const { message, parts } = attempt;
  const jump = message.counter - known.chain.counter;
  if (jump < 0) return openHeld(context, state, attempt);
  if (jump === 0) {
    const unchanged = { oldestHeld: state.oldestHeld, put: [], drop: [] };
    return openAt(context, state, known, attempt, () => unchanged);
  }
  const { jumpLimit } = context.profile;
  if (jump > Math.min(jumpLimit, attempt.stepsLeft)) return refuse("too-many-skipped");
  const runs = heldRuns(state, parts);
  if (runs === undefined) return needParts(heldName(state.id));
  attempt.stepsLeft -= jump;
  return openBehind(context, state, known, attempt, runs);
}

/** Opens a message behind others that were skipped. */
async function openBehind(
  context: Context,
  state: SessionState,
  { number, chain }: NumberedChain,
  attempt: Attempt,
  runs: readonly HeldRun[],
): Promise<StateAnswer> {
  const { primitives, profile, work } = context;
  const { counter } = attempt.message;
  const skipped: Skipped = await skipKeys(primitives, work, chain, counter, profile.heldLimit);
  return openAt(context, state, { number, chain: skipped.chain }, attempt, () =>
    holdKeys(profile, state, runs, [skippedKeys(number, skipped)], state.chainNumber),
  );
}

/** Opens the message that the chain stands at; `hold` says what becomes of the held keys. */
function openAt(
  { primitives, profile }: Context,
  state: SessionState,
  { number, chain: reached }: NumberedChain,
  { message }: Attempt,
  hold: () => HeldChange,
): StateAnswer {
  const { seed, chain } = advance(primitives, reached);
  const associatedData = profile.associatedData(state, "received");
  const plaintext = openBody(primitives, profile, seed, associatedData, message);
  if (plaintext === undefined) return refuse("not-authentic");
  const { oldestHeld, put, drop } = hold();
  const isCurrent = number === state.chainNumber;
  return {
    kind: "opened",
    state: {
      ...state,
      oldestHeld,
      pending: undefined,
      receiving: isCurrent ? chain : state.receiving,
    },
    put: isCurrent ? put : [...put, chainPart(state.id, { number, chain })],
    drop,
    plaintext,
  };
}
