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

  /** @throws OmemoError `transport-failure` `item-not-found` when `after` is unknown. [MAM-08] */
  page(query: ArchiveQuery, maxPage: number): ArchivePage {
    const { after, pageSize } = query;
    const previous = this.#messages.findIndex(({ id }) => id === after);
    if (after !== undefined && previous === -1) throw condition("item-not-found", after);
    const rest = this.#messages.slice(previous + 1).filter((message) => matches(message, query));
    const found = rest.slice(0, Math.max(1, Math.min(pageSize, maxPage)));
    return {
      messages: found.map(fromArchive),
      last: found.at(-1)?.id,
      isComplete: found.length === rest.length,
    };
  }
}

function matches({ at, stanza }: ArchivedMessage, { with: partner, start }: ArchiveQuery): boolean {
  if (start !== undefined && at < start) return false;
  if (partner === undefined) return true;
  const { from = "", to = "" } = stanza.attrs;
  return parseBareJid(from) === partner || parseBareJid(to) === partner;
}

function fromArchive({ id, at, stanza }: ArchivedMessage): TransportMessage {
  return { kind: "message", origin: "archive", stanza, sentAt: at, archiveId: id };
}
