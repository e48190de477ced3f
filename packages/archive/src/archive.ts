import type { BareJid, Correctable, OmemoArchive, ReceivedStanza } from "@omemo/core";
import type { ArchiveEntry, ArchiveItem } from "./entry/archiveEntry.js";

/** Which part of a conversation. */
export interface ArchiveRange {
  /** The other account, or the room. */
  readonly conversation: string;
  /** Earlier than this: ms since 1970, or the position of an item. Default: no end. */
  readonly before?: number | string;
  /** Later than this, in the same way. Default: from the beginning. */
  readonly after?: number | string;
}

/** A page of it. */
export interface ArchiveQuery extends ArchiveRange {
  /** Default: newest first, as a conversation is opened. */
  readonly order?: "newest-first" | "oldest-first";
  /** At most 1000. Default: 50. */
  readonly limit?: number;
}

/** Part of a conversation, in the order asked for. */
export interface ArchivePage {
  readonly items: readonly ArchiveItem[];
  /** Asks for the page behind this one; absent at the end. */
  readonly next?: ArchiveQuery;
}

/** How much may be kept; what is not given has no limit. */
export interface ArchiveRetention {
  /** Ms. */
  readonly maxAge?: number;
  /** In each conversation; the newest stay. */
  readonly maxEntries?: number;
}

/**
 * The readable archive of one account, over its own store. Every method rejects with `store-failure`
 * when the store fails; an entry that is damaged harms no other.
 */
export interface Archive extends OmemoArchive {
  /** In no order. One whose last entries were deleted by a process that died may be empty. */
  conversations(): Promise<readonly BareJid[]>;
  /**
   * A page of a conversation. What arrives while pages are read is on none twice.
   * @throws OmemoError `invalid-input` for what is no address, position or limit.
   */
  query(query: ArchiveQuery): Promise<ArchivePage>;
  /**
   * The entry with this `id`, which the event `message` has as well.
   * @throws OmemoError `store-failure` when the entry cannot be read.
   */
  get(id: string): Promise<ArchiveEntry | undefined>;
  /**
   * Readable entries of a conversation with this origin id, stanza id or archive id, oldest first: the
   * id that `sendMessage` answers, and those that corrections, reactions and markers name. Several
   * where a client uses an id twice.
   */
  find(conversation: string, id: string): Promise<readonly ArchiveEntry[]>;
  /** All items of a conversation, or of every one, each oldest first: for a copy elsewhere. */
  export(range?: ArchiveRange): AsyncIterable<ArchiveItem>;
  /**
   * Adds the id that an archive gave to a message of ours, as the event `reflection` or a page of the
   * manager's `history` tells it: what others say about it in a room names that id.
   * @returns whether there was something to add.
   */
  learn(about: ReceivedStanza): Promise<boolean>;
  /** @returns whether it was there. */
  delete(id: string): Promise<boolean>;
  /** @returns how many entries there were. */
  deleteConversation(conversation: string): Promise<number>;
  /** Deletes what is earlier than `time`, ms since 1970, in one conversation or in all. */
  deleteBefore(time: number, conversation?: string): Promise<number>;
  /**
   * Deletes the entries that a retraction names, as far as its sender may retract them (see
   * `mayCorrect` of `@omemo/core`).
   * @returns their ids.
   */
  retract(retraction: Correctable, id: string): Promise<readonly string[]>;
  /**
   * Deletes what is too old or too much.
   * @returns how many entries.
   * @throws OmemoError `invalid-input` for what is no amount.
   */
  applyRetention(retention: ArchiveRetention): Promise<number>;
}
