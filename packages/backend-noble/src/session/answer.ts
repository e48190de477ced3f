import type { NeedsParts, RefusalReason, Refused, SessionPart } from "@omemo/core";
import type { SessionState } from "./sessionState.js";

/** A message that a state could open, and all that this changed. */
export interface OpenedInState {
  readonly kind: "opened";
  readonly state: SessionState;
  readonly put: readonly SessionPart[];
  readonly drop: readonly string[];
  readonly plaintext: Uint8Array;
}

/** What trying a message on one state can come to. */
export type StateAnswer = OpenedInState | NeedsParts | Refused;

export function refuse(reason: RefusalReason): Refused {
  return { kind: "refused", reason };
}

export function needParts(...names: readonly string[]): NeedsParts {
  return { kind: "needs-parts", names };
}
