import type { OmemoIdentity } from "../../domain/device.js";
import { OmemoError } from "../../domain/error.js";
import type { OmemoVersion } from "../../domain/version.js";
import type { NeedsParts, Session, SessionChange } from "../../ports/backend.js";
import type { RecordCheck, StoredRecord } from "../../ports/store.js";
import { sessionPartKey } from "../../session/records/recordKeys.js";
import { decodeSession, type SessionRecord } from "../../session/records/sessionRecord.js";
import type { Context } from "../context.js";

/** A stored session that our backend can read, with the version that a commit checks. */
export interface StoredSession {
  readonly stored: StoredRecord;
  readonly record: SessionRecord;
}

/** `undefined` for no session, and for one of another backend: that is rebuilt. */
export function readSession(
  context: Context,
  stored: StoredRecord | undefined,
): StoredSession | undefined {
  if (stored === undefined) return undefined;
  const record = decodeSession(stored);
  return record.backend === context.backend.id ? { stored, record } : undefined;
}

/** Rounds in which a backend may ask for parts before something is wrong with the store. */
const MAX_ROUNDS = 4;

/**
 * Calls the backend, and again with the parts it asks for.
 * @throws OmemoError `store-conflict` when parts are missing because the session moved on since its
 * head was read, `store-failure` when they are missing from the store.
 */
export async function withParts<Answer extends { readonly kind: string }>(
  context: Context,
  version: OmemoVersion,
  identity: OmemoIdentity,
  session: StoredSession | undefined,
  attempt: (session: Session | undefined) => Promise<Answer | NeedsParts>,
): Promise<Exclude<Answer, NeedsParts>> {
  const head = session?.record.head;
  let loaded: Session | undefined = head && { version, head, parts: [] };
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const answer = await attempt(loaded);
    if (!isNeedsParts(answer)) return answer as Exclude<Answer, NeedsParts>;
    if (loaded === undefined) break;
    const { names } = answer;
    const records = await context.store.get(
      names.map((name) => sessionPartKey(version, identity, name)),
    );
    const parts = names.flatMap((name, index) => {
      const record = records[index];
      return record === undefined ? [] : [{ name, value: record.value }];
    });
    loaded = { ...loaded, parts: [...loaded.parts, ...parts] };
  }
  if (session !== undefined) await requireUnchanged(context, [session.stored]);
  throw new OmemoError("store-failure", "parts of a session are missing from the store");
}

/**
 * A refusal is a decision too, and no commit checks what it was based on. As parts are read after
 * their head, another process may have moved the session on in between.
 * @throws OmemoError `store-conflict` when one of these records has changed since it was read.
 */
export async function requireUnchanged(
  context: Context,
  check: readonly RecordCheck[],
): Promise<void> {
  await context.store.commit({ check, put: [], delete: [] });
}

function isNeedsParts(answer: { readonly kind: string }): answer is NeedsParts {
  return answer.kind === "needs-parts";
}

/** Two changes to one session as one: the later one wins. */
export function mergeChanges(first: SessionChange, second: SessionChange): SessionChange {
  const putLater = new Set(second.put.map((part) => part.name));
  const droppedLater = new Set(second.drop);
  return {
    head: second.head,
    put: [
      ...first.put.filter((part) => !putLater.has(part.name) && !droppedLater.has(part.name)),
      ...second.put,
    ],
    drop: [...new Set([...first.drop.filter((name) => !putLater.has(name)), ...second.drop])],
  };
}
