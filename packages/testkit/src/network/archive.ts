import {
  type ArchivePage,
  type ArchiveQuery,
  parseBareJid,
  type TransportMessage,
  type XmlElement,
} from "@omemo/core";
import { condition } from "./pepService.js";

interface ArchivedMessage {
  readonly id: string;
  readonly at: number;
  readonly stanza: XmlElement;
}

/** The message archive of one account or room. */
export class Archive {
  readonly #owner: string;
  readonly #messages: ArchivedMessage[] = [];

  constructor(owner: string) {
    this.#owner = owner;
  }

  /** Ids do not repeat, and tell nothing of the order. */
  add(at: number, stanza: XmlElement): string {
    const id = `${this.#owner}:${this.#messages.length}`;
    this.#messages.push({ id, at, stanza });
    return id;
  }

  /** Forgets messages, as servers do after a while: all before `time`, ms since 1970. */
  forget(time: number): void {
    const kept = this.#messages.filter(({ at }) => at >= time);
    this.#messages.splice(0, this.#messages.length, ...kept);
  }

  /** @throws OmemoError `transport-failure` `item-not-found` for an unknown id. [MAM-08] */
  page(query: ArchiveQuery, maxPage: number): ArchivePage {
    const { after, before, pageSize } = query;
    const from = after === undefined ? 0 : this.#positionOf(after) + 1;
    const isBackwards = before !== undefined;
    const to = before ? this.#positionOf(before) : this.#messages.length;
    const rest = this.#messages.slice(from, to).filter((message) => matches(message, query));
    const count = Math.max(1, Math.min(pageSize, maxPage));
    const found = isBackwards ? rest.slice(-count) : rest.slice(0, count);
    return {
      messages: found.map(fromArchive),
      first: found[0]?.id,
      last: found.at(-1)?.id,
      isComplete: found.length === rest.length,
    };
  }

  #positionOf(wanted: string): number {
    const position = this.#messages.findIndex(({ id }) => id === wanted);
    if (position === -1) throw condition("item-not-found", wanted);
    return position;
  }
}

function matches({ at, stanza }: ArchivedMessage, query: ArchiveQuery): boolean {
  const { with: partner, start, end } = query;
  if (start !== undefined && at < start) return false;
  if (end !== undefined && at > end) return false;
  if (partner === undefined) return true;
  const { from = "", to = "" } = stanza.attrs;
  return parseBareJid(from) === partner || parseBareJid(to) === partner;
}

function fromArchive({ id, at, stanza }: ArchivedMessage): TransportMessage {
  return { kind: "message", origin: "archive", stanza, sentAt: at, archiveId: id };
}
