import type { Context } from "./context.js";
import type { SessionState } from "./sessionState.js";

/** What every state begins with. */
export function newState(
  id: number,
  given: Pick<
    SessionState,
    "isInitiator" | "ownIdentity" | "peerIdentity" | "exchangeId" | "rootKey" | "ownRatchetKey"
  > &
    Partial<SessionState>,
): SessionState {
  return {
    id,
    pending: undefined,
    sending: undefined,
    previousCounter: 0,
    receiving: undefined,
    chainNumber: given.receiving === undefined ? 0 : 1,
    olderTags: new Uint8Array(8),
    oldestHeld: 0,
    ...given,
  };
}

/** 16 bytes of the hash of a base key: a repeat of the exchange has the same [O2-121]. */
export function exchangeIdOf({ primitives }: Context, baseKey: Uint8Array): Uint8Array {
  return primitives.sha256(baseKey).subarray(0, 16);
}
