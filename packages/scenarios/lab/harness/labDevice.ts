import type { LabEvent } from "./eventLog.js";
import type { Side } from "./pairing.js";
import type { Peer, ReceivedText, Seat } from "./peer.js";
import type { LabAccount } from "./startServer.js";

/** One device of an account over all its lives: what it received is counted across restarts. */
export class LabDevice {
  readonly side: Side;
  readonly #seat: Seat;
  readonly #lives: Peer[] = [];

  constructor(side: Side, seat: Seat) {
    this.side = side;
    this.#seat = seat;
  }

  get account(): LabAccount {
    return this.#seat.account;
  }

  /** Where its client keeps what it knows. */
  get folder(): string {
    return this.#seat.folder;
  }

  get jid(): string {
    return this.account.jid;
  }

  /** The running client. */
  get peer(): Peer {
    const peer = this.#lives.at(-1);
    if (peer === undefined) throw new Error(`${this.jid} was never started`);
    return peer;
  }

  /** The same, and those that were killed or ended before it. */
  get lives(): readonly Peer[] {
    return this.#lives;
  }

  async start(): Promise<void> {
    this.#lives.push(await this.side.launch(this.#seat));
  }

  /** Ends its client for good, if one runs. */
  async end(): Promise<void> {
    await this.#lives.at(-1)?.kill();
  }

  async send(to: LabDevice, body: string): Promise<void> {
    await this.peer.send(to.jid, body);
  }

  /** Resolves once it has opened each of these texts; rejects naming those that did not come. */
  async waitForTexts(bodies: readonly string[]): Promise<void> {
    const missing = () => {
      const texts = new Set(this.texts());
      return bodies.filter((body) => !texts.has(body));
    };
    try {
      await this.peer.log.waitUntil("texts", () => (missing().length === 0 ? true : undefined));
    } catch (error) {
      const name = `${this.jid}/${this.#seat.resource}`;
      throw new Error(`${name} never opened ${missing().join(", ")}`, { cause: error });
    }
  }

  /**
   * Every text that it opened in all its lives, in order. One that it told again, saying so, because
   * it was killed before the first telling counted, stands here once.
   */
  texts(): readonly string[] {
    const texts: ReceivedText[] = [];
    for (const peer of this.#lives) {
      for (const event of peer.log.events) {
        const text = peer.readText(event);
        if (text === undefined) continue;
        if (text.isRedelivery && texts.some(({ id }) => id === text.id)) continue;
        texts.push(text);
      }
    }
    return texts.map(({ body }) => body);
  }

  complaints(): readonly LabEvent[] {
    return this.#lives.flatMap((peer) => peer.complaints());
  }
}
