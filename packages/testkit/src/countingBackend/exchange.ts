import {
  type AcceptInput,
  equalBytes,
  type Initiated,
  type InitiateInput,
  type NeedsParts,
  OMEMO_2,
  type OmemoVersion,
  type Refused,
  toHex,
} from "@omemo/core";
import { digest } from "./digest.js";
import type { ExchangeFrame } from "./frames.js";
import { decodeKey, encodeKey, newKeyPair, sign } from "./keys.js";
import { type Attempt, refuse, step } from "./ratchet.js";
import { type ReadInSession, readInState, replaceState, whyNotReplaced } from "./session.js";
import {
  type LoadedSession,
  loadSession,
  type SessionState,
  storeSession,
} from "./sessionRecord.js";

type RandomBytes = (length: number) => Uint8Array;

type NewState = Omit<SessionState, "id" | "previousCounter" | "chains" | "skippedCount">;

/** A session from a bundle whose signature fits [O2-39f, W-33]. */
export function initiate(
  randomBytes: RandomBytes,
  input: InitiateInput,
): Initiated | NeedsParts | Refused {
  const { version, identity, deviceId, bundle } = input;
  const identityKey = decodeKey(version, bundle.identityKey);
  if (identityKey === undefined) return refuse("malformed");
  const signature = sign(version, identityKey, bundle.signedPreKey);
  if (!equalBytes(signature, bundle.signedPreKeySignature)) return refuse("not-authentic");
  if (version === OMEMO_2 && bundle.preKey === undefined) return refuse("no-prekey");
  const existing = input.existing && loadSession(input.existing);
  const problem = whyNotReplaced(existing, toHex(identityKey));
  if (problem !== undefined) return problem;
  const base = toHex(newKeyPair(randomBytes).publicKey);
  const ratchetKey = toHex(newKeyPair(randomBytes).publicKey);
  const [own, peer] = [toHex(identity.publicKey), toHex(identityKey)];
  const { signedPreKeyId, preKeyId = null } = bundle;
  const signedPreKey = toHex(bundle.signedPreKey);
  const secret = secretOf([own, base, peer, signedPreKey], bundle.preKey);
  const [root, key] = step(secret, ratchetKey, signedPreKey);
  const session = sessionWith(version, existing, {
    isInitiator: true,
    own,
    peer,
    exchange: base,
    pending: { preKeyId, signedPreKeyId, deviceId },
    root,
    ratchetKey,
    sending: { key, counter: 0 },
  });
  return { kind: "initiated", identityKey, change: storeSession(existing, session) };
}

/** One more message of a known session, or the first of a new one [O2-121, W-90]. */
export function readExchanged(
  input: AcceptInput,
  existing: LoadedSession | undefined,
  exchange: ExchangeFrame,
  attempt: Attempt,
): (ReadInSession & { readonly isNew: boolean }) | NeedsParts | Refused {
  const { version } = input;
  const peerKey = decodeKey(version, encodeKey(version, exchange.identityKey));
  if (peerKey === undefined) return refuse("malformed");
  const peer = toHex(peerKey);
  const base = toHex(exchange.baseKey);
  const states = existing && [existing.record.state, ...(existing.archived ?? [])];
  const known = states?.find((state) => state.exchange === base);
  if (existing !== undefined && known !== undefined) {
    if (known.peer !== peer) return refuse("identity-differs");
    const answer = readInState(attempt, existing, known);
    return answer.kind === "read" ? { ...answer, isNew: false } : answer;
  }
  const state = whyNotReplaced(existing, peer) ?? responderState(input, exchange, peer);
  if ("kind" in state) return state;
  const session = sessionWith(version, existing, state);
  const answer = readInState(attempt, session, session.record.state);
  return answer.kind === "read" ? { ...answer, isNew: true } : answer;
}

function responderState(
  { identity, signedPreKey, preKey }: AcceptInput,
  { preKeyId, baseKey }: ExchangeFrame,
  peer: string,
): NewState | Refused {
  if (signedPreKey === undefined) return refuse("no-signed-prekey");
  if (preKeyId !== undefined && preKey === undefined) return refuse("no-prekey");
  const [own, base] = [toHex(identity.publicKey), toHex(baseKey)];
  const ratchetKey = toHex(signedPreKey.publicKey);
  const usedPreKey = preKeyId === undefined ? undefined : preKey?.publicKey;
  const root = secretOf([peer, base, own, ratchetKey], usedPreKey);
  const isInitiator = false;
  return { isInitiator, own, peer, exchange: base, pending: null, root, ratchetKey, sending: null };
}

/** What X3DH would agree on, of all public keys in the initiator's order [O2-42, W-30]. */
function secretOf(keys: readonly string[], preKey: Uint8Array | undefined): string {
  return digest("secret", ...keys, preKey === undefined ? "none" : toHex(preKey));
}

function sessionWith(
  version: OmemoVersion,
  existing: LoadedSession | undefined,
  fields: NewState,
): LoadedSession {
  const id = existing?.record.nextId ?? 1;
  const state: SessionState = { ...fields, id, previousCounter: 0, chains: [], skippedCount: 0 };
  if (existing !== undefined) return withSkipped(replaceState(existing, state), id);
  const record = { format: 1, version, nextId: 2, archivedCount: 0, state } as const;
  return { record, archived: [], skipped: new Map([[id, []]]) };
}

function withSkipped(session: LoadedSession, id: number): LoadedSession {
  return { ...session, skipped: new Map([...session.skipped, [id, []]]) };
}
