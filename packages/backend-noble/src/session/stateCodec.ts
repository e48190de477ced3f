import { ByteReader } from "./byteReader.js";
import { ByteWriter, lengthOfNumber } from "./byteWriter.js";
import type { Chain, PendingExchange, SessionState } from "./sessionState.js";

/** Root key, private key, both identities, exchange id and tags. */
const FIXED_LENGTH = 4 * 32 + 16 + 8;

const IS_INITIATOR = 1;
const HAS_SENDING = 2;
const HAS_RECEIVING = 4;
const HAS_PENDING = 8;
const HAS_PENDING_PREKEY = 16;

/** How many bytes {@link writeState} writes: about 285 once both sides have sent. */
export function stateLength(state: SessionState): number {
  const { sending, receiving, pending } = state;
  return (
    FIXED_LENGTH +
    lengthOfNumber(flagsOf(state)) +
    lengthOfNumber(state.id) +
    lengthOfNumber(state.chainNumber) +
    lengthOfNumber(state.oldestHeld) +
    lengthOfNumber(state.previousCounter) +
    (sending === undefined ? 0 : chainLength(sending)) +
    (receiving === undefined ? 0 : chainLength(receiving)) +
    (pending === undefined ? 0 : pendingLength(pending))
  );
}

export function writeState(writer: ByteWriter, state: SessionState): void {
  const { sending, receiving, pending } = state;
  writer.number(flagsOf(state));
  writer.number(state.id);
  writer.number(state.chainNumber);
  writer.number(state.oldestHeld);
  writer.number(state.previousCounter);
  writer.bytes(state.rootKey);
  writer.bytes(state.ownRatchetKey);
  writer.bytes(state.ownIdentity);
  writer.bytes(state.peerIdentity);
  writer.bytes(state.exchangeId);
  writer.bytes(state.olderTags);
  if (sending !== undefined) writeChain(writer, sending);
  if (receiving !== undefined) writeChain(writer, receiving);
  if (pending !== undefined) writePending(writer, pending);
}

/** @throws OmemoError `store-failure` when the bytes cannot be what {@link writeState} wrote. */
export function readState(reader: ByteReader): SessionState {
  const flags = reader.number();
  return {
    isInitiator: (flags & IS_INITIATOR) !== 0,
    id: reader.number(),
    chainNumber: reader.number(),
    oldestHeld: reader.number(),
    previousCounter: reader.number(),
    rootKey: reader.bytes(32),
    ownRatchetKey: reader.bytes(32),
    ownIdentity: reader.bytes(32),
    peerIdentity: reader.bytes(32),
    exchangeId: reader.bytes(16),
    olderTags: reader.bytes(8),
    sending: (flags & HAS_SENDING) === 0 ? undefined : readChain(reader),
    receiving: (flags & HAS_RECEIVING) === 0 ? undefined : readChain(reader),
    pending: (flags & HAS_PENDING) === 0 ? undefined : readPending(reader, flags),
  };
}

/** 65 to 69 bytes. */
export function encodeChain(chain: Chain): Uint8Array {
  const writer = new ByteWriter(chainLength(chain));
  writeChain(writer, chain);
  return writer.finish();
}

/** @throws OmemoError `store-failure`. */
export function decodeChain(bytes: Uint8Array): Chain {
  return readChain(new ByteReader(bytes));
}

function flagsOf({ isInitiator, sending, receiving, pending }: SessionState): number {
  return (
    (isInitiator ? IS_INITIATOR : 0) |
    (sending === undefined ? 0 : HAS_SENDING) |
    (receiving === undefined ? 0 : HAS_RECEIVING) |
    (pending === undefined ? 0 : HAS_PENDING) |
    (pending?.preKeyId === undefined ? 0 : HAS_PENDING_PREKEY)
  );
}

function chainLength({ counter }: Chain): number {
  return 64 + lengthOfNumber(counter);
}

function pendingLength({ signedPreKeyId, registrationId, preKeyId }: PendingExchange): number {
  return (
    32 +
    lengthOfNumber(signedPreKeyId) +
    lengthOfNumber(registrationId) +
    (preKeyId === undefined ? 0 : lengthOfNumber(preKeyId))
  );
}

function writeChain(writer: ByteWriter, { ratchetKey, key, counter }: Chain): void {
  writer.bytes(ratchetKey);
  writer.bytes(key);
  writer.number(counter);
}

function readChain(reader: ByteReader): Chain {
  return { ratchetKey: reader.bytes(32), key: reader.bytes(32), counter: reader.number() };
}

function writePending(writer: ByteWriter, pending: PendingExchange): void {
  writer.bytes(pending.baseKey);
  writer.number(pending.signedPreKeyId);
  writer.number(pending.registrationId);
  if (pending.preKeyId !== undefined) writer.number(pending.preKeyId);
}

function readPending(reader: ByteReader, flags: number): PendingExchange {
  return {
    baseKey: reader.bytes(32),
    signedPreKeyId: reader.number(),
    registrationId: reader.number(),
    preKeyId: (flags & HAS_PENDING_PREKEY) === 0 ? undefined : reader.number(),
  };
}
