import {
  equalBytes,
  type NeedsParts,
  type Refused,
  type Session,
  type SessionPart,
} from "@omemo/core";
import { refuse } from "./answer.js";
import { archiveCurrent } from "./archive.js";
import type { Context } from "./context.js";
import { decodeHead } from "./sessionRecord.js";

/** Room for a new current state, and what that costs the archive. */
export interface Replaced {
  readonly kind: "replaced";
  /** Of the new state. */
  readonly id: number;
  readonly archivedCount: number;
  readonly put: readonly SessionPart[];
  readonly drop: readonly string[];
}

/** Archives what there is; a session never changes its identity key [W-20, W-86, O2-122]. */
export function replaceSession(
  { archiveLimit }: Context,
  existing: Session | undefined,
  peerIdentity: Uint8Array,
): Replaced | NeedsParts | Refused {
  if (existing === undefined) {
    return { kind: "replaced", id: 1, archivedCount: 0, put: [], drop: [] };
  }
  const record = decodeHead(existing.head);
  if (!equalBytes(record.state.peerIdentity, peerIdentity)) return refuse("identity-differs");
  const change = archiveCurrent(record, existing.parts, archiveLimit);
  return change.kind === "needs-parts"
    ? change
    : { ...change, kind: "replaced", id: record.nextId };
}
