import type { BareJid, RecordKey } from "@omemo/core";
import type { Place } from "./place.js";
import { shortName } from "./shortName.js";

/**
 * The collections of the archive, all in the account's own store: entries by id, their order in a
 * conversation, the days on which there is something, the conversations, and the ids of stanzas.
 */
export const ARCHIVE_COLLECTIONS: readonly string[] = [
  "archive-entry",
  "archive-order",
  "archive-day",
  "archive-conversation",
  "archive-id",
];

export const conversationPrefix: RecordKey = ["archive-conversation"];
export const orderPrefix: RecordKey = ["archive-order"];

export function entryKey(id: string): RecordKey {
  return ["archive-entry", id];
}

export function conversationKey(conversation: BareJid): RecordKey {
  return [...conversationPrefix, nameOf(conversation)];
}

export function daysPrefix(conversation: BareJid): RecordKey {
  return ["archive-day", nameOf(conversation)];
}

export function dayKey(conversation: BareJid, day: string): RecordKey {
  return [...daysPrefix(conversation), day];
}

/** Of a day, or of an hour of it. */
export function rowsPrefix(conversation: BareJid, day: string, hour?: string): RecordKey {
  const prefix: RecordKey = [...orderPrefix, nameOf(conversation), day];
  return hour === undefined ? prefix : [...prefix, hour];
}

export function rowKey(conversation: BareJid, { day, hour, position }: Place): RecordKey {
  return [...rowsPrefix(conversation, day, hour), position];
}

/** The name under which entries with this id of a stanza are found. */
export function idName(conversation: BareJid, id: string): string {
  return shortName(`${conversation} ${id}`);
}

export function idPrefix(name: string): RecordKey {
  return ["archive-id", name];
}

export function idKey(name: string, entryId: string): RecordKey {
  return [...idPrefix(name), entryId];
}

/** Longer keys are no longer sorted in SQL. */
const LONGEST = 130;

/** The address itself where that is not very long. */
function nameOf(conversation: BareJid): string {
  const isShort = JSON.stringify(conversation).length <= LONGEST;
  return isShort ? conversation : `#${shortName(conversation)}`;
}
