import type { AuditEntry } from "@omemo/trust";
import type { AutomaticTrustEvent } from "@omemo/trust/atm";
import { nameOfLevel } from "../commands/levelField.js";
import { describeError } from "../describeError.js";
import type { JsonEvent } from "../jsonEvent.js";

type NamedKey = AuditEntry["identity"];

/** What happened by itself: other devices spoke of keys, or could not be told. */
export function describeAutomatic(event: AutomaticTrustEvent): JsonEvent {
  return { ev: "atm", what: event.kind, ...describeCase(event) };
}

function describeCase(event: AutomaticTrustEvent): Readonly<Record<string, unknown>> {
  switch (event.kind) {
    case "decided": {
      const by = event.by === undefined ? null : describeKey(event.by);
      return { ...describeKey(event.key), level: nameOfLevel(event.level), by };
    }
    case "waiting":
      return { ...describeKey(event.sender), count: event.count };
    case "conflict":
      return { ...describeKey(event.key), said: event.said, by: describeKey(event.by) };
    case "own-key-distrusted":
      return { by: describeKey(event.by) };
    case "refused":
      return { ...describeKey(event.from), reason: event.reason };
    case "problem":
      return describeError(event.error);
  }
}

/** A key, and the device that shows it where one is known. */
export function describeKey({ jid, deviceId, fingerprint }: NamedKey): {
  readonly jid: string;
  readonly device: number | null;
  readonly key: string;
} {
  return { jid, device: deviceId ?? null, key: fingerprint };
}
