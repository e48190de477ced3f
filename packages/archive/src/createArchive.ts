import {
  type ArchivableMessage,
  type Clock,
  mayCorrect,
  type OmemoStore,
  systemClock,
} from "@omemo/core";
import type { Archive } from "./archive.js";
import { decodeEntry } from "./entry/entryCodec.js";
import { conversationsOf } from "./query/conversationsOf.js";
import { exportItems } from "./query/exportItems.js";
import { findEntries } from "./query/findEntries.js";
import { learnId } from "./query/learnId.js";
import { readPage } from "./query/readPage.js";
import { entryKey } from "./records/recordKeys.js";
import { recordsOf, toEntry } from "./records/recordsOf.js";
import { deleteEntry } from "./removal/deleteEntry.js";
import { applyRetention, deleteBefore, deleteConversation } from "./removal/deleteRange.js";

/** What is archived. */
export interface ArchiveOptions {
  /**
   * Which messages are kept. Called inside the mailbox, so it has to be quick, and must not throw.
   * Default: {@link saysSomething}.
   */
  readonly keeps?: (message: ArchivableMessage) => boolean;
  /** For `applyRetention`. Default: the system's. */
  readonly clock?: Pick<Clock, "now">;
}

/** Chat states are over before anybody reads them later; trust messages are for programs. */
const NOT_SAID: readonly (string | undefined)[] = [
  "http://jabber.org/protocol/chatstates",
  "urn:xmpp:tm:1",
];

/** Whether a message holds more than chat states, or trust messages, alone. */
export function saysSomething({ content }: ArchivableMessage): boolean {
  return content.some(({ attrs }) => !NOT_SAID.includes(attrs.xmlns));
}

/**
 * An archive of what is decrypted and sent, for the port `archive` of a manager.
 * @param store the one that the manager has, or another one over the same records.
 */
export function createArchive(store: OmemoStore, options: ArchiveOptions = {}): Archive {
  const { keeps = saysSomething, clock = systemClock() } = options;
  return {
    recordsOf: (message) => (keeps(message) ? recordsOf(toEntry(message)) : []),
    conversations: () => conversationsOf(store),
    query: (query) => readPage(store, query),
    get: async (id) => {
      const [record] = await store.get([entryKey(id)]);
      return record && decodeEntry(record);
    },
    find: async (conversation, id) => {
      return (await findEntries(store, conversation, id)).map(({ entry }) => entry);
    },
    export: (range) => exportItems(store, range),
    learn: (about) => learnId(store, about),
    delete: (id) => deleteEntry(store, id),
    deleteConversation: async (conversation) => deleteConversation(store, conversation),
    deleteBefore: (time, conversation) => deleteBefore(store, time, conversation),
    retract: async (retraction, id) => {
      const named = await findEntries(store, retraction.conversation, id);
      const meant = named.filter(({ entry }) => mayCorrect(entry, retraction));
      for (const { entry } of meant) await deleteEntry(store, entry.id);
      return meant.map(({ entry }) => entry.id);
    },
    applyRetention: (retention) => applyRetention(store, retention, clock.now()),
  };
}
