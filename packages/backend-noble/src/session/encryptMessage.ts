import { OmemoError } from "@omemo/core";
import { advance } from "../ratchet/chain.js";
import { sealBody } from "../ratchet/messageBody.js";
import { rootStep } from "../ratchet/rootStep.js";
import type { Context } from "./context.js";
import type { SessionState } from "./sessionState.js";

/** A message, and the state that must be durable before it leaves [O2-66, W-70]. */
export interface EncryptedMessage {
  readonly state: SessionState;
  readonly message: Uint8Array;
}

/** Encrypts with the next key of the sending chain, which is made first if it is owed. */
export function encryptMessage(
  context: Context,
  before: SessionState,
  plaintext: Uint8Array,
): EncryptedMessage {
  const { primitives, profile } = context;
  const state = withSendingChain(context, before);
  const { sending, previousCounter } = state;
  const { seed, chain } = advance(primitives, sending);
  const header = { ratchetKey: sending.ratchetKey, counter: sending.counter, previousCounter };
  const associatedData = profile.associatedData(state, "sent");
  const sealed = sealBody(primitives, profile, seed, associatedData, header, plaintext);
  return {
    state: { ...state, sending: chain },
    message: state.pending === undefined ? sealed : profile.wrapExchange(state, sealed),
  };
}

type SendingState = SessionState & { readonly sending: NonNullable<SessionState["sending"]> };

/**
 * The state with the answer chain of the last ratchet step.
 * @throws OmemoError `invalid-input` for a session that never received and so cannot send.
 */
export function withSendingChain(
  { primitives, profile }: Pick<Context, "primitives" | "profile">,
  state: SessionState,
): SendingState {
  const { sending, receiving, rootKey, ownRatchetKey } = state;
  if (sending !== undefined) return { ...state, sending };
  const step =
    receiving && rootStep(primitives, profile, rootKey, ownRatchetKey, receiving.ratchetKey);
  if (step === undefined) throw new OmemoError("invalid-input", "this session cannot send yet");
  const ratchetKey = primitives.publicKey(ownRatchetKey);
  return {
    ...state,
    rootKey: step.rootKey,
    sending: { ratchetKey, key: step.chainKey, counter: 0 },
  };
}
