import { nobleBackend } from "@omemo/backend-noble";
import {
  OmemoManager,
  type OmemoStore,
  type OmemoVersion,
  type ReceivedMessage,
  type ReceiveFailure,
  type Sent,
} from "@omemo/core";
import { fileStore } from "@omemo/store-file";
import { manualTrust } from "@omemo/trust";
import type { Line } from "../surroundings/surroundings.js";
import { type Cable, cable } from "./cable.js";
import { type Heard, heard } from "./heard.js";

/** Who a device belongs to, and what it is. */
export interface DeviceSeat {
  readonly owner: string;
  readonly name: string;
  /** Spoken versions, best first. */
  readonly versions: readonly OmemoVersion[];
  /** Where it keeps its keys, sessions, decisions and undelivered messages. */
  readonly file: string;
  /** A new connection. */
  connect(): Promise<Line>;
}

/** What one run of the program on the device holds in memory. */
interface Running {
  readonly line: Line;
  readonly wire: Cable;
  readonly store: OmemoStore;
  readonly manager: OmemoManager;
}

/** One device of a person: its program can be started, killed and started again. */
export class Device {
  readonly seat: DeviceSeat;
  /** Messages that were read, over all runs. */
  readonly read: Heard<ReceivedMessage> = heard();
  /** Messages that the program held in its hands when it was killed. */
  readonly dropped: Heard<ReceivedMessage> = heard();
  readonly refused: Heard<ReceiveFailure> = heard();
  /** What failed in the background, for the summary. */
  readonly problems: string[] = [];
  /** XML of everything that left the device in earlier runs. */
  #carriedBefore: readonly string[] = [];
  #isAboutToDie = false;
  #running: Running | undefined;

  constructor(seat: DeviceSeat) {
    this.seat = seat;
  }

  /** For the reader: "Bob's tablet". */
  get title(): string {
    return `${this.seat.owner}'s ${this.seat.name}`;
  }

  get manager(): OmemoManager {
    return this.#now.manager;
  }

  get line(): Line {
    return this.#now.line;
  }

  get wire(): Cable {
    return this.#now.wire;
  }

  /** XML of everything that ever left the device. */
  get carried(): readonly string[] {
    return [...this.#carriedBefore, ...(this.#running?.wire.carried ?? [])];
  }

  get #now(): Running {
    if (this.#running === undefined) throw new Error(`${this.title} is off`);
    return this.#running;
  }

  async start(): Promise<void> {
    const line = await this.seat.connect();
    const wire = cable(line.transport);
    const store = await fileStore(this.seat.file);
    const ports = { backend: nobleBackend(), store, trust: manualTrust(store), transport: wire };
    const manager = new OmemoManager(ports, { versions: this.seat.versions });
    this.#isAboutToDie = false;
    this.#running = { line, wire, store, manager };
    manager.on("message", (message) => this.#take(message));
    manager.on("failure", (failure) => this.refused.add(failure));
    manager.on("problem", ({ what, error }) => {
      if (this.#running?.manager === manager) this.problems.push(`${what}: ${error}`);
    });
    await manager.initialize();
  }

  send(to: string, body: string): Promise<Sent> {
    return this.manager.sendMessage(to, body);
  }

  /** Resolves with the message of this text once it was read; `undefined` when it does not come. */
  reads(body: string): Promise<ReceivedMessage | undefined> {
    return this.read.next((message) => message.body === body);
  }

  /** From now on the program stops dead at the next message: it has it, and does nothing more. */
  dieAtNextMessage(): void {
    this.#isAboutToDie = true;
  }

  /** The battery is empty: the connection breaks, and what was in memory is gone. */
  async kill(): Promise<void> {
    const { line, store } = this.#now;
    this.#carriedBefore = this.carried;
    this.#running = undefined;
    await line.kill();
    await store.close();
  }

  /** Takes the device off the account's list, and ends the program, if it is on. */
  async retire(): Promise<void> {
    if (this.#running === undefined) return;
    const { line, store, manager } = this.#running;
    this.#carriedBefore = this.carried;
    this.#running = undefined;
    await manager.purgeEverything();
    await line.close();
    await store.close();
  }

  #take(message: ReceivedMessage): Promise<void> {
    if (!this.#isAboutToDie) {
      this.read.add(message);
      return Promise.resolve();
    }
    this.dropped.add(message);
    return new Promise(() => undefined);
  }
}
