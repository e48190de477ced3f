import type { BareJid, XmlElement } from "@omemo/core";
import { Archive } from "./archive.js";
import { PepService } from "./pepService.js";
import type { ServerSession } from "./serverSession.js";

interface OfflineMessage {
  readonly at: number;
  readonly stanza: XmlElement;
}

/** What a server keeps of one of its accounts. */
export class Account {
  readonly jid: BareJid;
  readonly pep: PepService = new PepService();
  readonly archive: Archive;
  /** Subscribed to each other's presence. */
  readonly contacts: Set<BareJid> = new Set();
  readonly sessions: Map<string, ServerSession> = new Map();
  #offline: OfflineMessage[] = [];

  constructor(jid: BareJid) {
    this.jid = jid;
    this.archive = new Archive(jid);
  }

  /** Resources that messages to the bare address go to. */
  get available(): readonly ServerSession[] {
    return [...this.sessions.values()].filter(({ isAvailable }) => isAvailable);
  }

  storeOffline(at: number, stanza: XmlElement): void {
    this.#offline.push({ at, stanza });
  }

  /** Everything that waited, oldest first; it waits no longer. */
  takeOffline(): readonly OfflineMessage[] {
    const waiting = this.#offline;
    this.#offline = [];
    return waiting;
  }
}
