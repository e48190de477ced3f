import type { Account } from "./account.js";
import type { Channel } from "./channel.js";
import type { Fabric } from "./fabric.js";
import type { Push } from "./serverBehaviour.js";

/** The two directions of a stream that is up, and who listens at its end. */
export interface Link {
  readonly up: Channel;
  readonly down: Channel;
  receive(event: Push): void;
}

interface Unacknowledged {
  readonly event: Push;
  hasArrived: boolean;
}

/** One resource as its server sees it; lives on for a while when the stream breaks (XEP-0198). */
export class ServerSession {
  readonly account: Account;
  readonly resource: string;
  isAvailable = false;
  interests: ReadonlySet<string> = new Set();
  /** Called when another stream takes the same resource. */
  onReplaced: () => void = () => {};
  readonly #fabric: Fabric;
  #link: Link | undefined;
  #outbox: Unacknowledged[] = [];
  #hasEnded = false;

  constructor(fabric: Fabric, account: Account, resource: string) {
    this.#fabric = fabric;
    this.account = account;
    this.resource = resource;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get fullJid(): string {
    return `${this.account.jid}/${this.resource}`;
  }

  /** Sends an event to the client, now or when the stream is back. */
  push(event: Push): void {
    const to = { account: this.account.jid, resource: this.resource };
    for (const told of this.#fabric.behaviour.push?.(event, to) ?? [event]) {
      const entry = { event: told, hasArrived: false };
      this.#outbox.push(entry);
      this.#transmit(entry);
    }
  }

  /** The first stream, or a resumed one: what had not arrived is sent again, and perhaps more. */
  attach(link: Link): void {
    this.#link = link;
    const { duplicateChance } = this.#fabric.faults;
    this.#outbox = this.#outbox.filter(
      ({ hasArrived }) => !hasArrived || this.#fabric.losses.chance(duplicateChance),
    );
    for (const entry of this.#outbox) this.#transmit(entry);
  }

  detach(): void {
    this.#link = undefined;
  }

  /** The stream will not be resumed; gives what nobody acknowledged. */
  end(): readonly Push[] {
    this.#hasEnded = true;
    this.isAvailable = false;
    this.#link = undefined;
    this.account.sessions.delete(this.resource);
    for (const room of this.#fabric.rooms.values()) room.leave(this);
    const lost = this.#outbox.map(({ event }) => event);
    this.#outbox = [];
    return lost;
  }

  #transmit(entry: Unacknowledged): void {
    const link = this.#link;
    link?.down.carry(() => {
      entry.hasArrived = true;
      link.up.carry(() => {
        this.#outbox = this.#outbox.filter((other) => other !== entry);
      });
      link.receive(entry.event);
    });
  }
}
