import { type ArchivableMessage, type RecordPut, toUtf8 } from "@omemo/core";
import type { ArchiveEntry } from "../entry/archiveEntry.js";
import { encodeEntry } from "../entry/entryCodec.js";
import { encodeNames } from "./orderRow.js";
import { placeable, placeOf } from "./place.js";
import { conversationKey, dayKey, entryKey, idKey, idName, rowKey } from "./recordKeys.js";

/** A day is there, or not. */
const MARK = Uint8Array.of(1);

/** The message as an entry: nobody said anything later than we heard it. */
export function toEntry(message: ArchivableMessage): ArchiveEntry {
  const handledAt = placeable(message.handledAt);
  const sentAt = Number.isFinite(message.sentAt) ? message.sentAt : undefined;
  return {
    ...message,
    handledAt,
    sentAt,
    time: Math.min(placeable(sentAt ?? handledAt), handledAt),
  };
}

/**
 * All that is stored of an entry. Nothing of it depends on what is there, so that processes never get
 * in each other's way; the marks of day and conversation are written each time, so that who wants to
 * take them away sees whether something came.
 */
export function recordsOf(entry: ArchiveEntry): readonly RecordPut[] {
  const { id, time, conversation } = entry;
  const place = placeOf(time, id);
  return [
    ...lookupOf(entry),
    { key: dayKey(conversation, place.day), value: MARK },
    { key: conversationKey(conversation), value: toUtf8(conversation) },
  ];
}

/** The entry itself, and how it is found. */
export function lookupOf(entry: ArchiveEntry): readonly RecordPut[] {
  const { id, time, conversation } = entry;
  const names = namesOf(entry);
  return [
    { key: entryKey(id), value: encodeEntry(entry) },
    { key: rowKey(conversation, placeOf(time, id)), value: encodeNames(names) },
    ...names.map((name) => ({ key: idKey(name, id), value: MARK })),
  ];
}

function namesOf({ conversation, originId, stanzaId, archiveId }: ArchiveEntry): readonly string[] {
  const ids = [originId, stanzaId, archiveId].filter((id) => id !== undefined);
  return [...new Set(ids)].map((id) => idName(conversation, id));
}
