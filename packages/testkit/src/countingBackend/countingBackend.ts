import {
  type AcceptInput,
  fromHex,
  type IdentityKey,
  LEGACY,
  type NeedsParts,
  OMEMO_2,
  type OmemoBackend,
  OmemoError,
  type OmemoVersion,
  type Opened,
  type Refused,
  type Sealed,
  type Session,
  toHex,
} from "@omemo/core";
import { countersOf } from "./countersOf.js";
import { initiate, readExchanged } from "./exchange.js";
import {
  bytesOf,
  type Frame,
  mask,
  readExchange,
  readFrame,
  writeExchange,
  writeFrame,
} from "./frames.js";
import { keyFunctions, newKeyPair } from "./keys.js";
import { type MessageKeys, messageKeys } from "./messageKeys.js";
import { type Attempt, macKeyOf, messageKeyOf, refuse } from "./ratchet.js";
import { type ReadInSession, readInSession } from "./session.js";
import { type LoadedSession, loadSession, storeSession } from "./sessionRecord.js";

/** What a counting backend is made of. */
export interface CountingBackendOptions {
  /** Where uses of message keys are counted; default: a count of its own. */
  readonly keys?: MessageKeys;
  /** Default: `crypto.getRandomValues`. */
  readonly randomBytes?: (length: number) => Uint8Array;
}

type RandomBytes = (length: number) => Uint8Array;

/**
 * A backend without cryptography, for tests of what stands around one: both versions, real wire
 * formats, sessions, chains, late messages and replaced sessions as the backend contract asks, each
 * with a few hashes in place of curves. Whoever sees a message can read it: **never use it for
 * people's messages**. It reads nothing but its own kind.
 */
export function countingBackend(options: CountingBackendOptions = {}): OmemoBackend {
  const { keys = messageKeys(), randomBytes = strongBytes } = options;
  return {
    id: "counting",
    versions: [OMEMO_2, LEGACY],
    ...keyFunctions(randomBytes),
    initiate: async (input) => initiate(randomBytes, input),
    accept: async (input) => accept(keys, randomBytes, input),
    encryptFor: async (sessions, plaintext) =>
      sessions.map((session) => seal(keys, session, plaintext)),
    decrypt: async (session, message) => decrypt(keys, randomBytes, session, message),
    countersOf: (session) => countersOf(loadSession(session).record),
  };
}

function accept(
  keys: MessageKeys,
  randomBytes: RandomBytes,
  input: AcceptInput,
): Opened | NeedsParts | Refused {
  const read = readExchange(input.version, input.message);
  if (read === undefined) return refuse("malformed");
  const { exchange, frame } = read;
  keys.arrived(nameOf(frame), frame.mac);
  const existing = input.existing && loadSession(input.existing);
  const attempt = attemptOn(input.version, randomBytes, frame);
  const answer = readExchanged(input, existing, exchange, attempt);
  if (answer.kind !== "read") return answer;
  const { isNew } = answer;
  const usedPreKey = isNew && exchange.preKeyId !== undefined;
  return { ...opened(existing, frame, answer), isNewSession: isNew, usedPreKey };
}

function decrypt(
  keys: MessageKeys,
  randomBytes: RandomBytes,
  session: Session,
  message: Uint8Array,
): Opened | NeedsParts | Refused {
  const frame = readFrame(session.version, message);
  if (frame === undefined) return refuse("malformed");
  keys.arrived(nameOf(frame), frame.mac);
  const before = loadSession(session);
  const answer = readInSession(attemptOn(session.version, randomBytes, frame), before);
  if (answer.kind !== "read") return answer;
  return { ...opened(before, frame, answer), isNewSession: false, usedPreKey: false };
}

function seal(keys: MessageKeys, session: Session, plaintext: Uint8Array): Sealed {
  const before = loadSession(session);
  const { version, state } = before.record;
  const { sending, ratchetKey, previousCounter, pending } = state;
  if (sending === null) throw new OmemoError("invalid-input", "this session cannot send yet");
  const { counter } = sending;
  const key = messageKeyOf(sending.key, counter);
  const unsealed = { ratchetKey, counter, previousCounter, ciphertext: mask(key, plaintext) };
  const { bytes, mac } = writeFrame(version, macKeyOf(state, key), unsealed);
  keys.sealed(nameOf(unsealed), mac);
  const after = { ...state, sending: { ...sending, counter: counter + 1 } };
  const change = storeSession(before, { ...before, record: { ...before.record, state: after } });
  if (pending === null) return { change, message: bytes, isKeyExchange: false };
  const message = writeExchange(version, pending.deviceId, {
    preKeyId: pending.preKeyId ?? undefined,
    signedPreKeyId: pending.signedPreKeyId,
    baseKey: bytesOf(state.exchange),
    identityKey: bytesOf(state.own),
    message: bytes,
  });
  return { change, message, isKeyExchange: true };
}

function attemptOn(version: OmemoVersion, randomBytes: RandomBytes, frame: Frame): Attempt {
  const nextRatchetKey = () => toHex(newKeyPair(randomBytes).publicKey);
  return { version, frame, nextRatchetKey };
}

function opened(
  before: LoadedSession | undefined,
  { counter, ratchetKey }: Frame,
  { session, plaintext }: ReadInSession,
): Omit<Opened, "isNewSession" | "usedPreKey"> {
  return {
    kind: "opened",
    change: storeSession(before, session),
    plaintext,
    identityKey: fromHex(session.record.state.peer) as IdentityKey,
    counter,
    ratchetKey: bytesOf(ratchetKey),
  };
}

/** Ratchet keys are random, so that this names a key of one session and no other. */
function nameOf({ ratchetKey, counter }: Pick<Frame, "ratchetKey" | "counter">): string {
  return `${ratchetKey} ${counter}`;
}

function strongBytes(length: number): Uint8Array {
  return globalThis.crypto.getRandomValues(new Uint8Array(length));
}
