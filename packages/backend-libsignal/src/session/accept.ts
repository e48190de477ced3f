import { type AcceptInput, equalBytes, type KeyPair, type Opened, type Refused } from "@omemo/core";
import {
  decodePreKeySignalMessage,
  decodeSignalMessage,
  type PreKeySignalMessage,
} from "@omemo/core/wire";
import { isIdentityCoordinate, isLowOrder } from "../keys/coordinates.js";
import type { LibraryPreKey } from "../library/openMessage.js";
import { refusalOf } from "../library/refusalOf.js";
import { answerOpened } from "./answerOpened.js";
import {
  JUMP_LIMIT,
  type OpenedInRecord,
  openInRecord,
  openWithSteps,
  type ReceivedMessage,
  refuse,
} from "./openInRecord.js";
import { decodeHead, inFrontOf, type SessionRecord, savedState } from "./sessionRecord.js";

/** A key exchange: one more message of a known session, or the first one of a new one. */
export async function accept(
  input: AcceptInput,
  acceptsWithoutPreKey: boolean,
): Promise<Opened | Refused> {
  const exchange = decodePreKeySignalMessage(input.message);
  if (exchange.kind === "malformed" || !isIdentityCoordinate(exchange.identityKey)) {
    return refuse("malformed");
  }
  const header = decodeSignalMessage(exchange.message);
  if (header.kind === "malformed") return refuse("malformed");
  const record = input.existing && decodeHead(input.existing);
  const message = { header, bytes: exchange.message };
  const repeated = await openRepeated(exchange, message, record);
  if (repeated !== undefined) {
    return answerOpened(header, repeated, { isNewSession: false, usedPreKey: false });
  }
  const opened = await openNew(input, exchange, message, record, acceptsWithoutPreKey);
  const usedPreKey = exchange.preKeyId !== undefined;
  return answerOpened(header, opened, { isNewSession: true, usedPreKey });
}

/**
 * The inner message alone, when a state was built from this very exchange; `undefined` when none
 * was. The wrapper is under no MAC then, so its identity key must be the session's, and the library
 * never sees it [W-90].
 */
async function openRepeated(
  { baseKey, identityKey }: PreKeySignalMessage,
  message: ReceivedMessage,
  record: SessionRecord | undefined,
): Promise<OpenedInRecord | Refused | undefined> {
  if (record === undefined) return undefined;
  const states = [record.current, ...record.archived];
  const state = states.find((each) => equalBytes(each.baseKey, baseKey));
  if (state === undefined) return undefined;
  if (!equalBytes(state.peerIdentity, identityKey)) return refuse("identity-differs");
  return openInRecord(record, message, [state]);
}

/**
 * A new session, tried alone: were the archived ones tried as well, a bogus wrapper around a genuine
 * message would use up a prekey [W-95]. Nothing lasts unless the message is authentic [W-91].
 */
async function openNew(
  { identity, deviceId, signedPreKey, preKey, message }: AcceptInput,
  { preKeyId, signedPreKeyId, baseKey, identityKey }: PreKeySignalMessage,
  { header }: ReceivedMessage,
  record: SessionRecord | undefined,
  acceptsWithoutPreKey: boolean,
): Promise<OpenedInRecord | Refused> {
  if (signedPreKey === undefined) return refuse("no-signed-prekey");
  if (preKeyId === undefined ? !acceptsWithoutPreKey : preKey === undefined) {
    return refuse("no-prekey");
  }
  if (record !== undefined && !equalBytes(record.current.peerIdentity, identityKey)) {
    return refuse("identity-differs");
  }
  if (isLowOrder(baseKey) || isLowOrder(header.ratchetKey)) return refuse("not-authentic");
  if (header.counter > JUMP_LIMIT) return refuse("too-many-skipped");
  const answer = await openWithSteps(header.counter, {
    kind: "exchange",
    identity: { privateKey: identity.privateKey, deviceId },
    signedPreKey: libraryPreKey(signedPreKeyId, signedPreKey),
    preKey:
      preKeyId === undefined || preKey === undefined ? undefined : libraryPreKey(preKeyId, preKey),
    message,
  });
  // "Duplicate" would be one of a session that has no past.
  if (answer.kind === "failed") {
    const reason = refusalOf(answer);
    return refuse(reason === "duplicate" ? "not-authentic" : reason);
  }
  const state = savedState(answer.record);
  const { plaintext } = answer;
  return { kind: "opened", record: inFrontOf(state, record), state, plaintext };
}

function libraryPreKey(id: number, { privateKey }: KeyPair): LibraryPreKey {
  return { id, privateKey };
}
