import {
  fromUtf8,
  OmemoError,
  type OmemoVersion,
  type Session,
  type SessionChange,
  type SessionHead,
  toUtf8,
} from "@omemo/core";

/** A chain of message keys: each is named by its counter, and follows from the key of the chain. */
export interface Chain {
  readonly key: string;
  /** Of the next message. */
  readonly counter: number;
}

/** A chain of the peer. */
export interface ReceivingChain extends Chain {
  readonly ratchetKey: string;
}

/** Messages of one chain that did not come yet. */
export interface SkippedMessages {
  readonly ratchetKey: string;
  readonly key: string;
  /** Ascending, at least one. */
  readonly counters: readonly number[];
}

/** What goes around every message until the first answer. */
export interface PendingExchange {
  readonly preKeyId: number | null;
  readonly signedPreKeyId: number;
  readonly deviceId: number;
}

/** One double ratchet; all keys are hexadecimal. */
export interface SessionState {
  readonly id: number;
  readonly isInitiator: boolean;
  readonly own: string;
  readonly peer: string;
  /** Base key of the exchange that it was built from. */
  readonly exchange: string;
  readonly pending: PendingExchange | null;
  readonly root: string;
  readonly ratchetKey: string;
  readonly sending: Chain | null;
  readonly previousCounter: number;
  /** Newest first, at most five. */
  readonly chains: readonly ReceivingChain[];
  /** How many messages its part of skipped ones names; 0: there is no such part. */
  readonly skippedCount: number;
}

/** What a head holds. */
export interface SessionRecord {
  readonly format: 1;
  readonly version: OmemoVersion;
  /** Id of the next state. */
  readonly nextId: number;
  /** How many replaced states the part {@link ARCHIVE} holds; 0: there is no such part. */
  readonly archivedCount: number;
  readonly state: SessionState;
}

/** A session with what was loaded of its parts. */
export interface LoadedSession {
  readonly record: SessionRecord;
  /** Newest first; `undefined` while it is not loaded. */
  readonly archived: readonly SessionState[] | undefined;
  /** By the id of the state, oldest chain first; absent while it is not loaded. */
  readonly skipped: ReadonlyMap<number, readonly SkippedMessages[]>;
}

/** Name of the part with the replaced states. */
export const ARCHIVE = "archive";

/** Name of the part with the skipped messages of a state. */
export function skippedName(id: number): string {
  return `skipped-${id}`;
}

/** @throws OmemoError `store-failure` for anything but what {@link storeSession} wrote. */
export function loadSession({ version, head, parts }: Session): LoadedSession {
  const record = fromJson(head) as SessionRecord;
  if (record?.format !== 1 || record.version !== version) damaged();
  const named = new Map(parts.map(({ name, value }) => [name, value]));
  const archive = named.get(ARCHIVE);
  const stored = archive === undefined ? undefined : (fromJson(archive) as SessionState[]);
  const archived = record.archivedCount === 0 ? [] : stored;
  const skipped = new Map<number, readonly SkippedMessages[]>();
  for (const state of [record.state, ...(archived ?? [])]) {
    const part = named.get(skippedName(state.id));
    if (state.skippedCount === 0) skipped.set(state.id, []);
    else if (part !== undefined) skipped.set(state.id, fromJson(part) as SkippedMessages[]);
  }
  return { record, archived, skipped };
}

/** What changes in storage when the one session takes the place of the other. */
export function storeSession(
  before: LoadedSession | undefined,
  after: LoadedSession,
): SessionChange {
  const { record, archived = [], skipped } = after;
  const put: { readonly name: string; readonly value: Uint8Array }[] = [];
  const drop: string[] = [];
  if (before === undefined || after.archived !== before.archived) {
    if (archived.length > 0) put.push({ name: ARCHIVE, value: toJson(archived) });
    else if (before !== undefined && before.record.archivedCount > 0) drop.push(ARCHIVE);
  }
  for (const [id, messages] of skipped) {
    const stored = before?.skipped.get(id) ?? [];
    if (messages === stored) continue;
    if (messages.length > 0) put.push({ name: skippedName(id), value: toJson(messages) });
    else if (stored.length > 0) drop.push(skippedName(id));
  }
  for (const state of statesOf(before)) {
    const isGone = !statesOf(after).some(({ id }) => id === state.id);
    if (isGone && state.skippedCount > 0) drop.push(skippedName(state.id));
  }
  return { head: toJson(record) as SessionHead, put, drop };
}

function statesOf(session: LoadedSession | undefined): readonly SessionState[] {
  return session === undefined ? [] : [session.record.state, ...(session.archived ?? [])];
}

function toJson(value: unknown): Uint8Array {
  return toUtf8(JSON.stringify(value));
}

function fromJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(fromUtf8(bytes) ?? "");
  } catch {
    return damaged();
  }
}

function damaged(): never {
  throw new OmemoError(
    "store-failure",
    "a stored session is damaged, or none of the counting backend; delete it and begin a new one",
  );
}
