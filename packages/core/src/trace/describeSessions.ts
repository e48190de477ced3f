import type { OmemoIdentity } from "../domain/device.js";
import type { OmemoVersion } from "../domain/version.js";
import type { SessionCounters } from "../ports/backend.js";
import type { RecordKey } from "../ports/store.js";
import type { TrustState } from "../ports/trust.js";
import { decodeSession, type SessionRecord } from "../session/records/sessionRecord.js";
import { deviceNamed, listed, type StateNotes, type TracedPorts } from "./stateNotes.js";

interface FoundSession {
  readonly version: OmemoVersion;
  readonly identity: OmemoIdentity;
  readonly record: SessionRecord;
  readonly path: string;
}

/** Ages and counters of sessions, and whether what they belong to is trusted. */
export async function describeSessions(ports: TracedPorts, notes: StateNotes): Promise<void> {
  const { store, manager } = ports;
  const parts = new Map<string, number>();
  await notes.attempt("session-part", async () => {
    for await (const { key } of store.list(["session-part"])) {
      const path = pathOf(key);
      parts.set(path, (parts.get(path) ?? 0) + 1);
    }
  });
  const found: FoundSession[] = [];
  await listed(store, notes, "session", (record) => {
    const [, version, jid, id, fingerprint] = record.key;
    found.push({
      version: version as OmemoVersion,
      identity: { ...deviceNamed(jid, id), fingerprint } as OmemoIdentity,
      record: decodeSession(record),
      path: pathOf(record.key),
    });
  });
  let states: readonly TrustState[] = [];
  await notes.attempt("trust", async () => {
    states = await manager.getTrust(found.map(({ identity }) => identity));
  });
  for (const [index, session] of found.entries()) {
    notes.add("session", {
      ...about(ports, session),
      trust: states[index],
      parts: parts.get(session.path) ?? 0,
    });
  }
}

/** The head is opaque; its first byte is its format. */
function about(ports: TracedPorts, { version, identity, record }: FoundSession) {
  const { backend, head, unanswered, lastReceivedAt, owesAnswer, startedAt, lease } = record;
  return {
    device: identity,
    key: identity.fingerprint,
    version,
    backend,
    format: head[0],
    bytes: head.length,
    started: startedAt,
    received: lastReceivedAt === 0 ? undefined : lastReceivedAt,
    unanswered,
    owesAnswer,
    lease,
    counters: countersOf(ports, version, record),
  };
}

/** `undefined` for a session of another backend, and for one that ours cannot read. */
function countersOf(
  { backend }: TracedPorts,
  version: OmemoVersion,
  { backend: writer, head }: SessionRecord,
): SessionCounters | undefined {
  if (writer !== backend.id) return undefined;
  try {
    return backend.countersOf?.({ version, head, parts: [] });
  } catch {
    return undefined; // a line without counters says so
  }
}

function pathOf([, version, jid, id, fingerprint]: RecordKey): string {
  return JSON.stringify([version, jid, id, fingerprint]);
}
