import type { TransportState, XmlElement } from "@omemo/core";
import type { Cancel } from "../clock/timeline.js";
import type { Channel } from "./channel.js";
import type { Fabric } from "./fabric.js";
import { pushLastItems } from "./pepEvents.js";
import { deliverOffline, redeliver, routeStanza } from "./router.js";
import type { Addressee, Push } from "./serverBehaviour.js";
import { ServerSession } from "./serverSession.js";

/** What a stream tells the client that it belongs to. */
export interface StreamEnd {
  /** Asked for whenever a stream comes up: nodes whose items are wanted. */
  interests(): ReadonlySet<string>;
  receive(event: Push): void;
  changed(state: TransportState["kind"]): void;
}

/** What a client does by itself. */
export interface StreamOptions {
  /** Whether a broken stream comes back by itself. */
  readonly reconnects: boolean;
  /** Whether presence is sent as soon as the stream is up; else the client sends it. */
  readonly sendsPresence: boolean;
}

/** A client's stream to its server: comes up, breaks, comes back, resumed or anew (XEP-0198). */
export class Stream {
  readonly #fabric: Fabric;
  readonly #address: Addressee;
  readonly #end: StreamEnd;
  readonly #options: StreamOptions;
  #session: ServerSession | undefined;
  /** The session that the client was told of: no other one can it ask to resume. */
  #known: ServerSession | undefined;
  #up: Channel | undefined;
  #down: Channel | undefined;
  #isOnline = false;
  #isClosed = false;
  /** On the way to the server; a resumed stream sends them again. */
  #unacknowledged: { readonly stanza: XmlElement }[] = [];
  #cancelExpiry: Cancel = () => {};
  /** Counts streams, so that what belongs to an old one finds out. */
  #generation = 0;

  constructor(fabric: Fabric, address: Addressee, end: StreamEnd, options: StreamOptions) {
    this.#fabric = fabric;
    this.#address = address;
    this.#end = end;
    this.#options = options;
  }

  get isOnline(): boolean {
    return this.#isOnline;
  }

  /** Begins to connect, unless it already does. */
  open(after = 0): void {
    if (this.#isClosed || this.#up !== undefined) return;
    const generation = this.#generation + 1;
    this.#generation = generation;
    this.#fabric.timeline.schedule(after, () => {
      if (this.#isClosed || this.#generation !== generation) return;
      const up = this.#fabric.channel(false);
      const down = this.#fabric.channel(true);
      this.#up = up;
      this.#down = down;
      up.carry(() => this.#bind(up, down, generation));
    });
  }

  /** The connection is lost, with whatever is under way; comes back by itself if it may. */
  break(reason: string, reconnects: boolean = this.#options.reconnects): void {
    this.#up?.cut();
    this.#down?.cut();
    this.#up = undefined;
    this.#down = undefined;
    this.#generation += 1;
    this.#hibernate();
    if (this.#isOnline) {
      this.#isOnline = false;
      this.#fabric.record(this.#address, "state", "offline", reason);
      this.#end.changed("offline");
    }
    if (reconnects) this.open(this.#fabric.outages.between(this.#fabric.faults.downtime));
  }

  /** The client says goodbye: the next stream will be a new one. */
  logOut(): void {
    this.break("logged out", false);
    this.#expire(this.#session);
  }

  /** For good: the process is gone, and the server notices only later. */
  kill(reason: string): void {
    this.#isClosed = true;
    // What the process had written may still leave the machine, or die in its buffers.
    if (this.#fabric.outages.chance(0.5)) this.#up = undefined;
    this.break(reason, false);
  }

  /** Runs `action` at the server, unless the stream breaks before. */
  toServer(action: (session: ServerSession) => void): void {
    const session = this.#session;
    if (session === undefined) return;
    this.#up?.carry(() => {
      if (!session.hasEnded) action(session);
    });
  }

  /** Runs `action` at the client, in line with what the server pushes. */
  toClient(action: () => void): void {
    this.#down?.carry(action);
  }

  /** Hands a stanza to the stream; when this one breaks and is resumed, the stanza is not lost. */
  send(stanza: XmlElement): void {
    const sent = { stanza };
    this.#unacknowledged.push(sent);
    this.toServer((session) => {
      this.#unacknowledged = this.#unacknowledged.filter((other) => other !== sent);
      this.#arrived(session, stanza);
    });
  }

  /** The server learns which nodes are wanted now. */
  announceInterests(): void {
    const wanted = this.#end.interests();
    this.toServer((session) => {
      const added = [...wanted].filter((node) => !session.interests.has(node));
      session.interests = wanted;
      if (session.isAvailable) pushLastItems(this.#fabric, session, added);
    });
  }

  #arrived(session: ServerSession, stanza: XmlElement): void {
    if (stanza.name === "presence" && stanza.attrs.to === undefined) {
      this.#becomeAvailable(session, stanza.attrs.type !== "unavailable");
    } else {
      routeStanza(this.#fabric, session, stanza);
    }
  }

  #becomeAvailable(session: ServerSession, isAvailable: boolean): void {
    const wasAvailable = session.isAvailable;
    session.isAvailable = isAvailable;
    if (wasAvailable || !isAvailable) return;
    deliverOffline(session);
    pushLastItems(this.#fabric, session, session.interests);
  }

  #bind(up: Channel, down: Channel, generation: number): void {
    // Stanzas of a dead process may still arrive; a login of it that is under way comes to nothing,
    // for its successor on the same resource has logged in by then.
    if (this.#isClosed) return;
    const known = this.#known?.hasEnded === false ? this.#known : undefined;
    const canResume = known !== undefined;
    if (!canResume) this.#expire(this.#session);
    const session = known ?? this.#newSession();
    this.#session = session;
    this.#cancelExpiry();
    down.carry(() => {
      this.#known = session;
      this.#cameUp(canResume);
    });
    session.attach({ up, down, receive: (event) => this.#end.receive(event) });
    if (!canResume) session.interests = this.#end.interests();
    if (!canResume && this.#options.sendsPresence) this.#becomeAvailable(session, true);
    this.#planOutage(generation);
  }

  #cameUp(isResumed: boolean): void {
    this.#isOnline = true;
    const state = isResumed ? "resumed" : "online";
    this.#fabric.record(this.#address, "state", state, "");
    const lost = isResumed ? this.#unacknowledged : [];
    this.#unacknowledged = [];
    for (const { stanza } of lost) {
      this.#fabric.record(this.#address, "sent", stanza.name, "again", stanza);
      this.send(stanza);
    }
    if (isResumed) this.announceInterests();
    this.#end.changed(state);
  }

  /** A resource that is taken belongs to a process that is gone: the newcomer wins. */
  #newSession(): ServerSession {
    const { account: jid, resource } = this.#address;
    const account = this.#fabric.account(jid);
    const previous = account.sessions.get(resource);
    previous?.onReplaced();
    this.#expire(previous);
    const session = new ServerSession(this.#fabric, account, resource);
    session.onReplaced = () => this.kill("replaced");
    account.sessions.set(resource, session);
    return session;
  }

  /** The server keeps the session for a while, in case the client resumes it. */
  #hibernate(): void {
    const session = this.#session;
    session?.detach();
    this.#cancelExpiry();
    if (session === undefined || session.hasEnded) return;
    this.#cancelExpiry = this.#fabric.timeline.schedule(this.#fabric.faults.resumableFor, () =>
      this.#expire(session),
    );
  }

  #expire(session: ServerSession | undefined): void {
    if (session === undefined || session.hasEnded) return;
    redeliver(this.#fabric, session.account, session.end());
  }

  #planOutage(generation: number): void {
    const { meanUptime } = this.#fabric.faults;
    if (meanUptime === 0) return;
    this.#fabric.timeline.schedule(this.#fabric.outages.between([0, 2 * meanUptime]), () => {
      const isStill = this.#generation === generation && !this.#isClosed;
      if (isStill && this.#fabric.faults.meanUptime > 0) this.break("outage");
    });
  }
}
