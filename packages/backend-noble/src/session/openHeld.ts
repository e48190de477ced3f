import { openBody } from "../ratchet/messageBody.js";
import { needParts, refuse, type StateAnswer } from "./answer.js";
import { type Attempt, type Context, partNamed } from "./context.js";
import { eraseSeed, findKey, heldName, runName, seedAt, withoutKey } from "./heldKeys.js";
import { heldRuns, replaceRuns } from "./holdKeys.js";
import type { SessionState } from "./sessionState.js";

/** Opens a late message with the key that was kept for it; without one it is a duplicate. */
export function openHeld(context: Context, state: SessionState, attempt: Attempt): StateAnswer {
  const { primitives, profile } = context;
  const { message, parts } = attempt;
  const runs = heldRuns(state, parts);
  if (runs === undefined) return needParts(heldName(state.id));
  const found = findKey(runs, message.ratchetKey, message.counter);
  if (found === undefined) return refuse("duplicate");
  const name = runName(state.id, found.run);
  const keys = partNamed(parts, name);
  if (keys === undefined) return needParts(name);
  const seed = seedAt(keys, found.index);
  const associatedData = profile.associatedData(state, "received");
  const plaintext = openBody(primitives, profile, seed, associatedData, message);
  if (plaintext === undefined) return refuse("not-authentic");
  const rest = { name, value: eraseSeed(keys, found.index) };
  const { oldestHeld, put, drop } = replaceRuns(state.id, runs, withoutKey(runs, found), [rest]);
  return {
    kind: "opened",
    state: { ...state, oldestHeld, pending: undefined },
    put,
    drop,
    plaintext,
  };
}
