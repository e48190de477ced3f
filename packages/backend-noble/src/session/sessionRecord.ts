import { OmemoError, type SessionHead } from "@omemo/core";
import { ByteReader } from "./byteReader.js";
import { ByteWriter, lengthOfNumber } from "./byteWriter.js";
import type { SessionState } from "./sessionState.js";
import { readState, stateLength, writeState } from "./stateCodec.js";

/** What a head holds: the current state, and what is to know about the archive. */
export interface SessionRecord {
  readonly state: SessionState;
  /** Id of the next state. */
  readonly nextId: number;
  /** States in the part {@link ARCHIVE}; 0: there is no such part. */
  readonly archivedCount: number;
}

/** Name of the part with the archived states. */
export const ARCHIVE = "archive";

const FORMAT = 1;

/** At most 300 bytes in steady state. */
export function encodeHead(record: SessionRecord): SessionHead {
  const { nextId, archivedCount, state } = record;
  const length = 1 + lengthOfNumber(nextId) + lengthOfNumber(archivedCount) + stateLength(state);
  const writer = new ByteWriter(length);
  writer.number(FORMAT);
  writer.number(nextId);
  writer.number(archivedCount);
  writeState(writer, state);
  return writer.finish() as SessionHead;
}

/** @throws OmemoError `store-failure` for a format of a newer version of this code, or damage. */
export function decodeHead(head: SessionHead): SessionRecord {
  const reader = new ByteReader(head);
  if (reader.number() !== FORMAT) {
    throw new OmemoError(
      "store-failure",
      "a stored session has a format that this code is too old for",
    );
  }
  const nextId = reader.number();
  const archivedCount = reader.number();
  return { nextId, archivedCount, state: readState(reader) };
}

/** Newest first. */
export function encodeArchive(states: readonly SessionState[]): Uint8Array {
  const writer = new ByteWriter(states.reduce((sum, state) => sum + stateLength(state), 0));
  for (const state of states) writeState(writer, state);
  return writer.finish();
}

/** @throws OmemoError `store-failure`. */
export function decodeArchive(bytes: Uint8Array): readonly SessionState[] {
  const reader = new ByteReader(bytes);
  const states: SessionState[] = [];
  while (!reader.isAtEnd) states.push(readState(reader));
  return states;
}
