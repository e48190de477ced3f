import {
  type AcceptInput,
  equalBytes,
  type KeyPair,
  type NeedsParts,
  type Opened,
  type Refused,
  type Session,
} from "@omemo/core";
import { keyAgreement } from "../ratchet/keyAgreement.js";
import type { ReceivedExchange } from "../ratchet/profile.js";
import { needParts, refuse } from "./answer.js";
import { answerOpened } from "./answerOpened.js";
import { archivedStates } from "./archive.js";
import type { Context } from "./context.js";
import { exchangeIdOf, newState } from "./newState.js";
import { openByStep } from "./openByStep.js";
import { attemptOn, type MessageAnswer, openWith } from "./openMessage.js";
import { replaceSession } from "./replaceSession.js";
import { ARCHIVE, decodeHead } from "./sessionRecord.js";
import type { SessionState } from "./sessionState.js";

/** A key exchange: one more message of a known session, or the first one of a new one. */
export async function accept(
  context: Context,
  input: AcceptInput,
): Promise<Opened | NeedsParts | Refused> {
  const { profile, identities } = context;
  const exchange = profile.decodeExchange(input.message);
  if (exchange === undefined) return refuse("malformed");
  const identityKey = identities.identityKey(profile, exchange.identityKey);
  if (identityKey === undefined) return refuse("malformed");
  const repeated = await openRepeated(context, exchange, input.existing);
  if (repeated !== undefined) {
    const flags = { isNewSession: false, usedPreKey: false };
    return answerOpened(context, exchange.message, repeated, flags);
  }
  const opened = await openNew(context, input, exchange, identityKey);
  const flags = { isNewSession: true, usedPreKey: exchange.preKeyId !== undefined };
  return answerOpened(context, exchange.message, opened, flags);
}

/**
 * The inner message alone, when the exchange is one that a state was built from; `undefined` when
 * it is new. The wrapper is under no MAC then, so its identity key must be the session's [W-90].
 */
async function openRepeated(
  context: Context,
  exchange: ReceivedExchange,
  existing: Session | undefined,
): Promise<MessageAnswer | undefined> {
  if (existing === undefined) return undefined;
  const record = decodeHead(existing.head);
  const exchangeId = exchangeIdOf(context, exchange.baseKey);
  const isRepeated = (state: SessionState) => equalBytes(state.exchangeId, exchangeId);
  const isCurrent = isRepeated(record.state);
  const archived = archivedStates(record, existing.parts) ?? (isCurrent ? [] : undefined);
  if (archived === undefined) return needParts(ARCHIVE);
  const state = isCurrent ? record.state : archived.find(isRepeated);
  if (state === undefined) return undefined;
  if (!equalBytes(state.peerIdentity, exchange.identityKey)) return refuse("identity-differs");
  const attempt = attemptOn(context, exchange.message, existing.parts);
  return openWith(context, record, archived, state, attempt);
}

/** Builds a session; nothing of it lasts unless its first message is authentic [O2-124, W-91]. */
async function openNew(
  context: Context,
  input: AcceptInput,
  exchange: ReceivedExchange,
  peerKey: Uint8Array,
): Promise<MessageAnswer> {
  const { existing, signedPreKey, preKey } = input;
  if (signedPreKey === undefined) return refuse("no-signed-prekey");
  const lacksPreKey = exchange.preKeyId === undefined && !context.acceptsWithoutPreKey;
  if (lacksPreKey || (exchange.preKeyId !== undefined && preKey === undefined)) {
    return refuse("no-prekey");
  }
  const replaced = replaceSession(context, existing, exchange.identityKey);
  if (replaced.kind !== "replaced") return replaced;
  await context.work.spend(4 * context.primitives.agreementCost);
  const usedPreKey = exchange.preKeyId === undefined ? undefined : preKey;
  const keys = { identity: input.identity, signedPreKey, preKey: usedPreKey, peerKey };
  const state = responderState(context, keys, exchange, replaced.id);
  if (state === undefined) return refuse("not-authentic");
  const answer = await openByStep(context, state, attemptOn(context, exchange.message, []));
  if (answer.kind !== "opened") return answer;
  const { archivedCount } = replaced;
  return {
    kind: "opened",
    record: { state: answer.state, archivedCount, nextId: state.id + 1 },
    put: [...replaced.put, ...answer.put],
    drop: [...replaced.drop, ...answer.drop],
    plaintext: answer.plaintext,
  };
}

interface ExchangeKeys {
  readonly identity: KeyPair;
  readonly signedPreKey: KeyPair;
  readonly preKey: KeyPair | undefined;
  /** The sender's identity key as u-coordinate. */
  readonly peerKey: Uint8Array;
}

/** The signed prekey pair is the first ratchet pair; `undefined` for a key of low order [W-08]. */
function responderState(
  context: Context,
  { identity, signedPreKey, preKey, peerKey }: ExchangeKeys,
  { baseKey, identityKey }: ReceivedExchange,
  id: number,
): SessionState | undefined {
  const { primitives, profile, identities } = context;
  const agreed = keyAgreement(primitives, profile, [
    [signedPreKey.privateKey, peerKey],
    [identity.privateKey, baseKey],
    [signedPreKey.privateKey, baseKey],
    ...(preKey === undefined ? [] : [[preKey.privateKey, baseKey] as const]),
  ]);
  if (agreed === undefined) return undefined;
  return newState(id, {
    isInitiator: false,
    ownIdentity: identities.ownForm(profile, identity),
    peerIdentity: identityKey,
    exchangeId: exchangeIdOf(context, baseKey),
    rootKey: agreed.rootKey,
    ownRatchetKey: signedPreKey.privateKey,
  });
}
