/** One JSON object that a lab program said: `ev` names what happened. */
export interface LabEvent {
  readonly ev: string;
  readonly [field: string]: unknown;
}

interface Waiting {
  /** Looks again; true when it is done waiting. */
  look(): boolean;
  fail(reason: string): void;
}

/** Long enough for two loaded cores; a test that needs it all has found something. */
const patience = 45_000;

/** All that a program said so far, kept, and a way to wait for what it will say. */
export class EventLog {
  readonly #name: string;
  readonly #events: LabEvent[] = [];
  readonly #waiting: Set<Waiting> = new Set();
  #end: string | undefined;

  /** `name` appears in the errors of those who waited in vain. */
  constructor(name: string) {
    this.#name = name;
  }

  get events(): readonly LabEvent[] {
    return this.#events;
  }

  append(event: LabEvent): void {
    this.#events.push(event);
    for (const waiting of [...this.#waiting]) if (waiting.look()) this.#waiting.delete(waiting);
  }

  /** Nothing more will come: whoever still waits hears why. */
  end(reason: string): void {
    this.#end = reason;
    for (const waiting of [...this.#waiting]) waiting.fail(reason);
  }

  /** The first event, past or future, for which `matches` holds. */
  waitFor(
    what: string,
    matches: (event: LabEvent) => boolean,
    timeout: number = patience,
  ): Promise<LabEvent> {
    return this.waitUntil(what, (events) => events.find(matches), timeout);
  }

  /** What `find` makes of all events, as soon as that is not `undefined`. */
  waitUntil<Found>(
    what: string,
    find: (events: readonly LabEvent[]) => Found | undefined,
    timeout: number = patience,
  ): Promise<Found> {
    return new Promise((resolve, reject) => {
      const fail = (reason: string) => {
        clearTimeout(timer);
        this.#waiting.delete(waiting);
        reject(new Error(`${this.#name}: ${reason} while waiting for ${what}\n${this.#recent()}`));
      };
      const look = () => {
        const found = find(this.#events);
        if (found === undefined) return false;
        clearTimeout(timer);
        resolve(found);
        return true;
      };
      const waiting: Waiting = { look, fail };
      const timer = setTimeout(() => fail(`nothing in ${timeout} ms`), timeout);
      if (look()) return;
      if (this.#end === undefined) this.#waiting.add(waiting);
      else fail(this.#end);
    });
  }

  #recent(): string {
    const lines = this.#events.slice(-6).map((event) => `  ${JSON.stringify(event).slice(0, 300)}`);
    return ["the last events were", ...lines].join("\n");
  }
}
