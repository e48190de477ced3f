import { equalBytes } from "../domain/bytes.js";
import type { OmemoIdentity } from "../domain/device.js";
import type { OmemoVersion } from "../domain/version.js";
import type { Opened } from "../ports/backend.js";
import type { Batch, RecordKey, RecordPut, StoredRecord } from "../ports/store.js";
import type { TrustState } from "../ports/trust.js";
import { type Grant, NO_LEASE, newLease } from "./generation/lease.js";
import { planUsedPreKey } from "./history/catchUpRecord.js";
import type { OmemoLimits } from "./limits.js";
import {
  type AutomaticRecord,
  automaticCodec,
  exchangeCodec,
  oneMore,
} from "./records/boundedRecord.js";
import { type DeviceRecord, deviceCodec, keyStatus, withKey } from "./records/deviceRecord.js";
import { type InboxRecord, inboxCodec } from "./records/inboxRecord.js";
import {
  automaticKey,
  deviceKey,
  exchangeKey,
  inboxKey,
  sessionKey,
  sessionPartKey,
} from "./records/recordKeys.js";
import { encodeSession, type SessionRecord } from "./records/sessionRecord.js";
import { type Effect, todoCodec, todoKey } from "./records/todoRecord.js";
import { type RepairRecord, repairCodec, settled } from "./repair/repairRecord.js";

/** What was loaded for one received message; every decision is checked against these versions. */
export interface ReceiveSnapshot {
  readonly backend: string;
  readonly version: OmemoVersion;
  readonly identity: OmemoIdentity;
  readonly session: SessionRecord | undefined;
  readonly storedSession: StoredRecord | undefined;
  readonly device: DeviceRecord | undefined;
  readonly storedDevice: StoredRecord | undefined;
  /** The one-time prekey that the message names. */
  readonly storedPreKey: StoredRecord | undefined;
  /** Archives are read: other messages in them may name the same prekey [O2-141, L-69]. */
  readonly keepsPreKeys: boolean;
  /** Digest of the key exchange; `undefined` for other messages. */
  readonly exchange: string | undefined;
  readonly answers: AutomaticRecord | undefined;
  readonly storedAnswers: StoredRecord | undefined;
  /** That sessions were started for this device: it may happen again once a message decrypts [L-77]. */
  readonly repairs: RepairRecord | undefined;
  /** The sender's device is on the sender's newest list. */
  readonly isListed: boolean;
  /** It is on the list of a version that we would rather speak with it, as far as we know. */
  readonly isListedBetter: boolean;
  /** Under which a session that this message starts will send. */
  readonly grant: Grant;
  readonly mayAnswer: boolean;
  readonly now: number;
}

export interface ReceivePlan {
  /** Includes a to-do record per effect, so that a crash repeats effects and never forgets them. */
  readonly batch: Batch;
  readonly effects: readonly Effect[];
}

/** The rules of XEP-0384 5.6 and 6 for a message that decrypted, payload included. */
export function planReceive(
  seen: ReceiveSnapshot,
  opened: Opened,
  trust: TrustState,
  inbox: InboxRecord | undefined,
  limits: OmemoLimits,
): ReceivePlan {
  const answer = planAnswer(seen, opened, trust, limits);
  const effects: Effect[] = [...answer.effects];
  if (opened.usedPreKey) effects.push({ kind: "publish-bundle", version: seen.version });
  // Who begins anew in a lesser version may have given the better one up.
  const isDoubtful = opened.isNewSession && seen.isListedBetter;
  if (!seen.isListed || isDoubtful) {
    effects.push({ kind: "refresh-device-list", owner: seen.identity.jid });
  }
  const state = planState(seen, opened, answer.heartbeatFor);
  const repairs = settled(seen.repairs);
  const put: RecordPut[] = [
    ...state.put,
    ...answer.put,
    ...(repairs === undefined
      ? []
      : [{ key: automaticKey("repair", seen.identity), value: repairCodec.encode(repairs) }]),
    ...effects.map((effect) => ({ key: todoKey(effect), value: todoCodec.encode(effect) })),
    ...(inbox === undefined ? [] : [{ key: inboxKey(inbox.id), value: inboxCodec.encode(inbox) }]),
  ];
  return { batch: { check: state.check, put, delete: state.delete }, effects };
}

/** Session, device and prekey after the message. */
function planState(
  seen: ReceiveSnapshot,
  opened: Opened,
  heartbeatFor: Uint8Array | undefined,
): Batch {
  const { identity, version, session, now } = seen;
  const key = sessionKey(version, identity);
  const head = encodeSession({
    backend: seen.backend,
    head: opened.change.head,
    unanswered: 0,
    lastReceivedAt: now,
    owesAnswer: opened.isNewSession || (session?.owesAnswer ?? false),
    heartbeatFor: heartbeatFor ?? session?.heartbeatFor,
    startedAt: opened.isNewSession ? now : session?.startedAt,
    lease: opened.isNewSession ? newLease(seen.grant) : (session?.lease ?? NO_LEASE),
  });
  const parts = opened.change.put.map(({ name, value }) => {
    return { key: sessionPartKey(version, identity, name), value };
  });
  const shown = withKey(seen.device, identity.fingerprint, now);
  const check = [
    { key, version: seen.storedSession?.version },
    { key: deviceKey(identity), version: seen.storedDevice?.version },
  ];
  const put: RecordPut[] = [{ key, value: head }, ...parts];
  const gone: RecordKey[] = opened.change.drop.map((name) => {
    return sessionPartKey(version, identity, name);
  });
  if (shown !== seen.device) {
    put.push({ key: deviceKey(identity), value: deviceCodec.encode(shown) });
  }
  if (opened.usedPreKey && seen.storedPreKey !== undefined) {
    // Checked, so that two exchanges can never use up the same prekey [O2-44, O2-126].
    check.push({ key: seen.storedPreKey.key, version: seen.storedPreKey.version });
    const used = planUsedPreKey(seen.storedPreKey, seen.keepsPreKeys);
    put.push(...used.put);
    gone.push(...used.delete);
  }
  if (opened.isNewSession && seen.exchange !== undefined) {
    const value = exchangeCodec.encode({ usedAt: now });
    put.push({ key: exchangeKey(version, seen.exchange), value });
  }
  return { check, put, delete: gone };
}

interface AnswerPlan {
  readonly put: readonly RecordPut[];
  readonly effects: readonly Effect[];
  readonly heartbeatFor: Uint8Array | undefined;
}

/**
 * The empty message that a new session or a long chain asks for [O2-128, O2-139, L-73, Q-17].
 * None to a device whose key changed or is distrusted [O2-109, O2-110], nor without bound
 * (invariant 10). An answer to an answer cannot arise: an answer starts no session.
 */
function planAnswer(
  seen: ReceiveSnapshot,
  opened: Opened,
  trust: TrustState,
  limits: OmemoLimits,
): AnswerPlan {
  const none: AnswerPlan = { put: [], effects: [], heartbeatFor: undefined };
  const isHeartbeatDue =
    opened.counter >= limits.heartbeatCounter &&
    !isSame(seen.session?.heartbeatFor, opened.ratchetKey);
  if (!opened.isNewSession && !isHeartbeatDue) return none;
  const isUndecidedChange =
    trust !== "trusted" && keyStatus(seen.device, seen.identity.fingerprint) === "changed";
  if (trust === "untrusted" || isUndecidedChange || !seen.mayAnswer) return none;
  const { repairPeriod, maxAnswersPerPeriod } = limits;
  const bounded = oneMore(seen.answers, seen.now, repairPeriod, maxAnswersPerPeriod);
  if (bounded === undefined) return none;
  const { jid, deviceId } = seen.identity;
  const effect: Effect = {
    kind: "send-empty-message",
    version: seen.version,
    to: { jid, deviceId },
    why: opened.isNewSession ? "answer" : "heartbeat",
  };
  return {
    put: [{ key: automaticKey("answer", seen.identity), value: automaticCodec.encode(bounded) }],
    effects: [effect],
    heartbeatFor: isHeartbeatDue ? opened.ratchetKey : undefined,
  };
}

function isSame(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && equalBytes(a, b);
}
