import type { AuditEntry } from "@omemo/trust";
import type { Peer } from "../peer.js";
import { describeKey } from "../trust/describeAutomatic.js";
import { nameOfLevel } from "./levelField.js";

/** All decisions about keys that were made on this store, oldest first. */
export async function auditLog({ readLog }: Peer): Promise<readonly unknown[]> {
  return (await readLog()).map(describe);
}

function describe({ at, identity, level, before, origin, by, why }: AuditEntry) {
  return {
    at: new Date(at).toISOString(),
    ...describeKey(identity),
    level: nameOfLevel(level),
    before: before === undefined ? null : nameOfLevel(before),
    origin,
    by,
    why: why ?? null,
  };
}
