import {
  concatBytes,
  OmemoError,
  type Session,
  type SessionChange,
  type SessionHead,
} from "@omemo/core";
import { bytesOf, readFields, writeFields } from "./protobuf.js";
import { readState, type SessionState } from "./sessionState.js";

/** The current state, and those that it replaced, newest first. Never changed, only made anew. */
export interface SessionRecord {
  readonly current: SessionState;
  readonly archived: readonly SessionState[];
}

/** Of this package; the library's own layout follows, so a record of it and ours are one. */
const FORMAT = 1;
/** Field numbers of the library's record. */
const CURRENT = 1;
const ARCHIVED = 2;
/** Replaced states kept for receiving [W-85]. */
const ARCHIVE_LIMIT = 40;

/** @throws OmemoError `store-failure` for a format of a newer version of this code, or damage. */
export function decodeHead({ head }: Session): SessionRecord {
  if (head[0] !== FORMAT) throw damaged("has a format that this code is too old for");
  const fields = readFields(head.subarray(1));
  const current = readState(bytesOf(fields, CURRENT) ?? new Uint8Array(0));
  const archived = (fields ?? [])
    .filter(({ number }) => number === ARCHIVED)
    .map(({ value }) => (typeof value === "number" ? undefined : readState(value)));
  if (current === undefined || !archived.every((state) => state !== undefined)) {
    throw damaged("is damaged");
  }
  return { current, archived };
}

/** Everything is in the head: the library cannot leave a part of a session aside. */
export function changeTo({ current, archived }: SessionRecord): SessionChange {
  const head = concatBytes(
    Uint8Array.of(FORMAT),
    singleRecord(current.bytes),
    writeFields(
      archived.slice(0, ARCHIVE_LIMIT).map(({ bytes }) => ({ number: ARCHIVED, value: bytes })),
    ),
  );
  return { head: head as Uint8Array as SessionHead, put: [], drop: [] };
}

/** A state alone, as the library loads it. */
export function singleRecord(state: Uint8Array): Uint8Array {
  return writeFields([{ number: CURRENT, value: state }]);
}

/** The one state of what the library saved. */
export function savedState(record: Uint8Array): SessionState {
  const state = readState(bytesOf(readFields(record), CURRENT) ?? new Uint8Array(0));
  if (state === undefined) throw damaged("was saved in a way that this code does not know");
  return state;
}

/** A new state in front of what there is, which is kept for receiving [W-86]. */
export function inFrontOf(state: SessionState, record: SessionRecord | undefined): SessionRecord {
  const archived = record === undefined ? [] : [record.current, ...record.archived];
  return { current: state, archived };
}

/** `after` in the place of `before`; an archived state becomes the current one [W-81]. */
export function advance(
  { current, archived }: SessionRecord,
  before: SessionState,
  after: SessionState,
): SessionRecord {
  if (before === current) return { current: after, archived };
  return { current: after, archived: [current, ...archived.filter((state) => state !== before)] };
}

function damaged(what: string): OmemoError {
  return new OmemoError("store-failure", `a stored session ${what}`);
}
