import { equalBytes } from "@omemo/core";
import { needParts, type StateAnswer } from "./answer.js";
import { type Attempt, type Context, partNamed } from "./context.js";
import { findKey, heldName } from "./heldKeys.js";
import { heldRuns } from "./holdKeys.js";
import { candidateChains, chainName, decodeOlderChain } from "./olderChains.js";
import { openByStep } from "./openByStep.js";
import { openHeld } from "./openHeld.js";
import { openInChain } from "./openInChain.js";
import type { SessionState } from "./sessionState.js";

/** Opens a message with one state, or says why not; the state itself never changes [O2-62]. */
export function openInState(
  context: Context,
  state: SessionState,
  attempt: Attempt,
): StateAnswer | Promise<StateAnswer> {
  const { ratchetKey } = attempt.message;
  const { receiving: chain } = state;
  if (chain !== undefined && equalBytes(chain.ratchetKey, ratchetKey)) {
    return openInChain(context, state, { number: state.chainNumber, chain }, attempt);
  }
  const older = findOlderChain(state, attempt);
  if (older?.kind === "needs-parts") return older;
  if (older !== undefined) return openInChain(context, state, older, attempt);
  return context.profile.holdsFinishedChains
    ? openBeyondChains(context, state, attempt)
    : openByStep(context, state, attempt);
}

/** A strange ratchet key, where held keys may be of chains that are forgotten otherwise [O2-65]. */
async function openBeyondChains(
  context: Context,
  state: SessionState,
  attempt: Attempt,
): Promise<StateAnswer> {
  const { ratchetKey, counter } = attempt.message;
  const runs = heldRuns(state, attempt.parts);
  if (runs !== undefined && findKey(runs, ratchetKey, counter) !== undefined) {
    return openHeld(context, state, attempt);
  }
  const answer = await openByStep(context, state, attempt);
  // Most often such a key begins a new chain, so the list is only loaded when it did not.
  return answer.kind === "refused" && runs === undefined ? needParts(heldName(state.id)) : answer;
}

/** Whether the ratchet key is that of a chain that the state keeps, as far as its head can tell. */
export function mayKnow(state: SessionState, ratchetKey: Uint8Array): boolean {
  const { receiving } = state;
  const isCurrent = receiving !== undefined && equalBytes(receiving.ratchetKey, ratchetKey);
  return isCurrent || candidateChains(state, ratchetKey).length > 0;
}

function findOlderChain(
  state: SessionState,
  { message, parts }: Attempt,
):
  | ({ readonly kind: "found" } & ReturnType<typeof decodeOlderChain>)
  | ReturnType<typeof needParts>
  | undefined {
  const missing: string[] = [];
  for (const number of candidateChains(state, message.ratchetKey)) {
    const name = chainName(state.id, number);
    const part = partNamed(parts, name);
    if (part === undefined) missing.push(name);
    else {
      const older = decodeOlderChain(part, number);
      if (equalBytes(older.chain.ratchetKey, message.ratchetKey))
        return { kind: "found", ...older };
    }
  }
  if (missing.length === 0) return undefined;
  // Late messages mostly need the held keys as well: one round to the store instead of two.
  const isHeldMissing = state.oldestHeld > 0 && heldRuns(state, parts) === undefined;
  return needParts(...missing, ...(isHeldMissing ? [heldName(state.id)] : []));
}
