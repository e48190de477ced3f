import {
  concatBytes,
  fromUtf8,
  OmemoError,
  type StoredRecord,
  toUtf8,
  type XmlElement,
} from "@omemo/core";
import type { ArchiveEntry } from "./archiveEntry.js";
import { isStoredEntry } from "./isStoredEntry.js";

/** First byte of an entry; JSON follows. */
const FORMAT = 1;
const CLIENT = "jabber:client";

/** What is stored: the text of the body is not there twice. */
export type StoredEntry = Omit<ArchiveEntry, "body">;

export function encodeEntry({ body, ...stored }: ArchiveEntry): Uint8Array {
  return concatBytes(Uint8Array.of(FORMAT), toUtf8(JSON.stringify(stored)));
}

/** @throws OmemoError `store-failure` when it is not an entry of this format, and of this id. */
export function decodeEntry({ key, value }: StoredRecord): ArchiveEntry {
  if (value[0] !== FORMAT) throw unreadable(`format ${value[0]} is not ${FORMAT}`);
  const stored = parse(value.subarray(1));
  if (!isStoredEntry(stored) || stored.id !== key[1]) throw unreadable("it is damaged");
  const { stanzaId, originId, archiveId, sentAt } = stored;
  const { from, to, time } = stored.affixes ?? {};
  return {
    ...stored,
    // JSON leaves out what is `undefined`.
    ...{ stanzaId, originId, archiveId, sentAt },
    ...(stored.affixes !== undefined && { affixes: { from, to, time } }),
    body: bodyOf(stored.content),
  };
}

function parse(bytes: Uint8Array): unknown {
  const text = fromUtf8(bytes);
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The text of the first body, as the event `message` has it. */
function bodyOf(content: readonly XmlElement[]): string | undefined {
  const body = content.find(({ name, attrs }) => name === "body" && attrs.xmlns === CLIENT);
  return body?.children.filter((child) => typeof child === "string").join("");
}

function unreadable(why: string): OmemoError {
  return new OmemoError("store-failure", `cannot read an entry of the archive: ${why}`);
}
