import { fromUtf8, toUtf8 } from "../../domain/bytes.js";
import type { SessionHead } from "../../ports/backend.js";
import type { StoredRecord } from "../../ports/store.js";
import { NO_LEASE, type SessionLease } from "../generation/lease.js";
import { unreadable } from "./neutralRecord.js";

/** A session's head, opaque, with what the rules need to know about it. */
export interface SessionRecord {
  /** Which backend can read the head. */
  readonly backend: string;
  readonly head: SessionHead;
  /** Messages sent since the device was last heard from [O2-173]. */
  readonly unanswered: number;
  /** Ms since 1970; 0: never. */
  readonly lastReceivedAt: number;
  /** The peer started this session, and no content went to it yet [O2-128, L-73]. */
  readonly owesAnswer: boolean;
  /** Ratchet key of the peer for whose chain a heartbeat was sent, 32 bytes [O2-140]. */
  readonly heartbeatFor: Uint8Array | undefined;
  /** When it was started, ms since 1970; `undefined` for one from before this was noted. */
  readonly startedAt: number | undefined;
  /** How far it may send before the mirror of our state has to move on. */
  readonly lease: SessionLease;
}

const FORMAT = 1;
const OWES_ANSWER = 1;
const HAS_HEARTBEAT = 2;
const HAS_LEASE = 4;
const HAS_START = 8;
/** Format, flags, unanswered (4), last received (8), length of the backend's id. */
const FIXED_LENGTH = 15;
const RATCHET_KEY_LENGTH = 32;
/** Start (4), generation (4), steps. */
const LEASE_LENGTH = 9;
/** Of the moment at which it was started. */
const START_LENGTH = 8;

export function encodeSession(session: SessionRecord): Uint8Array {
  const backend = toUtf8(session.backend);
  const heartbeat = session.heartbeatFor ?? new Uint8Array(0);
  const leaseAt = FIXED_LENGTH + backend.length + heartbeat.length;
  const startAt = leaseAt + LEASE_LENGTH;
  const headAt = startAt + (session.startedAt === undefined ? 0 : START_LENGTH);
  const bytes = new Uint8Array(headAt + session.head.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = FORMAT;
  bytes[1] =
    HAS_LEASE |
    (session.owesAnswer ? OWES_ANSWER : 0) |
    (heartbeat.length > 0 ? HAS_HEARTBEAT : 0) |
    (session.startedAt === undefined ? 0 : HAS_START);
  view.setUint32(2, session.unanswered);
  view.setFloat64(6, session.lastReceivedAt);
  bytes[14] = backend.length;
  bytes.set(backend, FIXED_LENGTH);
  bytes.set(heartbeat, FIXED_LENGTH + backend.length);
  view.setUint32(leaseAt, session.lease.start);
  view.setUint32(leaseAt + 4, session.lease.generation);
  bytes[leaseAt + 8] = session.lease.steps;
  if (session.startedAt !== undefined) view.setFloat64(startAt, session.startedAt);
  bytes.set(session.head, headAt);
  return bytes;
}

/** @throws OmemoError `store-failure` */
export function decodeSession(record: StoredRecord): SessionRecord {
  const bytes = record.value;
  if (bytes[0] !== FORMAT) throw unreadable(record, `format ${bytes[0]} is not ${FORMAT}`);
  if (bytes.length < FIXED_LENGTH) throw unreadable(record, "too short");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const flags = view.getUint8(1);
  const heartbeatAt = FIXED_LENGTH + view.getUint8(14);
  const leaseAt = heartbeatAt + (flags & HAS_HEARTBEAT ? RATCHET_KEY_LENGTH : 0);
  const startAt = leaseAt + (flags & HAS_LEASE ? LEASE_LENGTH : 0);
  const headAt = startAt + (flags & HAS_START ? START_LENGTH : 0);
  const backend = fromUtf8(bytes.subarray(FIXED_LENGTH, heartbeatAt));
  if (backend === undefined || headAt >= bytes.length) throw unreadable(record, "damaged session");
  return {
    backend,
    head: bytes.slice(headAt) as SessionHead,
    unanswered: view.getUint32(2),
    lastReceivedAt: view.getFloat64(6),
    owesAnswer: (flags & OWES_ANSWER) !== 0,
    heartbeatFor: leaseAt > heartbeatAt ? bytes.slice(heartbeatAt, leaseAt) : undefined,
    startedAt: headAt > startAt ? view.getFloat64(startAt) : undefined,
    lease: startAt > leaseAt ? readLease(view, leaseAt) : NO_LEASE,
  };
}

function readLease(view: DataView, at: number): SessionLease {
  return {
    start: view.getUint32(at),
    generation: view.getUint32(at + 4),
    steps: view.getUint8(at + 8),
  };
}
