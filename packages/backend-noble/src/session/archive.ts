import type { NeedsParts, SessionPart } from "@omemo/core";
import { needParts } from "./answer.js";
import { partNamed } from "./context.js";
import { heldName, runName } from "./heldKeys.js";
import { heldRuns } from "./holdKeys.js";
import { olderChainNames } from "./olderChains.js";
import { ARCHIVE, decodeArchive, encodeArchive, type SessionRecord } from "./sessionRecord.js";
import type { SessionState } from "./sessionState.js";

/** A change of the archive, on its way into storage. */
export interface ArchiveChange {
  readonly kind: "archived";
  readonly archivedCount: number;
  readonly put: readonly SessionPart[];
  readonly drop: readonly string[];
}

/** The archived states, newest first; `undefined` when there are some and were not loaded. */
export function archivedStates(
  { archivedCount }: SessionRecord,
  parts: readonly SessionPart[],
): readonly SessionState[] | undefined {
  if (archivedCount === 0) return [];
  const part = partNamed(parts, ARCHIVE);
  return part && decodeArchive(part);
}

/** Puts the current state in front of the archive; the oldest beyond `limit` is gone [W-85]. */
export function archiveCurrent(
  record: SessionRecord,
  parts: readonly SessionPart[],
  limit: number,
): ArchiveChange | NeedsParts {
  const archived = archivedStates(record, parts);
  if (archived === undefined) return needParts(ARCHIVE);
  const states = [withoutExchange(record.state), ...archived];
  const drop: string[] = [];
  for (const state of states.slice(limit)) {
    const runs = heldRuns(state, parts);
    if (runs === undefined) return needParts(heldName(state.id));
    drop.push(...olderChainNames(state), ...runs.map((run) => runName(state.id, run)));
    if (runs.length > 0) drop.push(heldName(state.id));
  }
  return storeArchive(states.slice(0, limit), drop);
}

/** Trades places: the state that opened a message is current from now on [W-81, O2-123]. */
export function promote(
  current: SessionState,
  archived: readonly SessionState[],
  promoted: SessionState,
): ArchiveChange {
  const others = archived.filter(({ id }) => id !== promoted.id);
  return storeArchive([withoutExchange(current), ...others], []);
}

function storeArchive(states: readonly SessionState[], drop: readonly string[]): ArchiveChange {
  const isEmpty = states.length === 0;
  return {
    kind: "archived",
    archivedCount: states.length,
    put: isEmpty ? [] : [{ name: ARCHIVE, value: encodeArchive(states) }],
    drop: isEmpty ? [...drop, ARCHIVE] : drop,
  };
}

/** Nothing is sent in an archived state, so what would wrap it is not kept. */
function withoutExchange(state: SessionState): SessionState {
  return { ...state, pending: undefined };
}
