import type { EventLog, LabEvent } from "./eventLog.js";
import { LabProcess } from "./labProcess.js";
import { labFile } from "./labPrograms.js";
import type { LaunchPeer, Peer, ReceivedText, Seat } from "./peer.js";

const legacy = "eu.siacs.conversations.axolotl";

/** Value of the first attribute of that name; enough for what profanity says. */
function attribute(xml: string, name: string): string | undefined {
  return new RegExp(`\\s${name}=["']([^"']*)["']`).exec(xml)?.[1];
}

function hasItem(event: LabEvent, jid: string, node: string): boolean {
  const xml = `${event.xml}`;
  // The account's own server answers without a sender.
  const isFromOwner = (attribute(xml, "from") ?? jid) === jid;
  return event.ev === "in" && isFromOwner && xml.includes(`<items node="${node}"><item `);
}

/** What it asked about the legacy version, and whether each of it was answered. */
function asked(events: readonly LabEvent[]) {
  const stanzas = events.map(({ ev, xml }) => ({ ev, xml: `${xml}` }));
  const answered = new Set(
    stanzas.filter(({ ev }) => ev === "in").map(({ xml }) => attribute(xml, "id")),
  );
  return stanzas
    .filter(({ ev, xml }) => ev === "out" && xml.startsWith("<iq") && xml.includes(legacy))
    .map(({ xml }) => ({ xml, isAnswered: answered.has(attribute(xml, "id")) }));
}

/** True when bundles of `jid` were asked for, and nothing that was asked of it is still open. */
function hasBundles(events: readonly LabEvent[], jid: string): boolean {
  const questions = asked(events).filter(({ xml }) => xml.includes(`to="${jid}"`));
  return (
    questions.some(({ xml }) => xml.includes(`${legacy}.bundles:`)) &&
    questions.every(({ isAnswered }) => isAnswered)
  );
}

function hasAllAnswers(events: readonly LabEvent[]): boolean {
  return asked(events).every(({ isAnswered }) => isAnswered);
}

/** Profanity, a terminal client with legacy OMEMO, as a person at its prompt would use it. */
class ProfanityPeer implements Peer {
  readonly log: EventLog;
  readonly #process: LabProcess;
  readonly #jid: string;
  #deviceId = 0;
  #marks = 0;
  #contact: string | undefined;

  constructor({ server, account, resource, folder }: Seat) {
    this.#jid = account.jid;
    this.#process = new LabProcess({
      name: `profanity ${account.jid}/${resource}`,
      program: labFile("profanity.sh"),
      args: [
        ...["run", "--dir", folder, "--jid", account.jid, "--password", account.password],
        ...["--port", `${server.tcpPort}`, "--resource", resource],
      ],
    });
    this.log = this.#process.log;
  }

  get deviceId(): number {
    return this.#deviceId;
  }

  /** Generates keys where there are none yet, and waits until its device is published. */
  async publish(): Promise<void> {
    await this.log.waitFor("a connection", ({ ev }) => ev === "connected");
    this.type("/omemo gen");
    const bundles = new RegExp(`${legacy}\\.bundles:(\\d+)`);
    const published = await this.log.waitUntil("a published bundle", (events) =>
      events.find(
        ({ ev, xml }) => ev === "out" && /<publish /.test(`${xml}`) && bundles.test(`${xml}`),
      ),
    );
    this.#deviceId = Number(bundles.exec(`${published.xml}`)?.[1]);
    const id = attribute(`${published.xml}`, "id");
    const answer = await this.log.waitFor("an answer to its bundle", ({ ev, xml }) => {
      return ev === "in" && `${xml}`.startsWith("<iq") && attribute(`${xml}`, "id") === id;
    });
    if (attribute(`${answer.xml}`, "type") !== "result") {
      throw new Error(`the server refused profanity's bundle: ${answer.xml}`);
    }
    await this.log.waitFor(
      "its device list",
      ({ ev, xml }) => ev === "in" && `${xml}`.includes(`<device id="${this.#deviceId}"`),
    );
  }

  readText(event: LabEvent): ReceivedText | undefined {
    if (!["chat", "carbon", "room"].includes(event.ev)) return undefined;
    return { id: undefined, body: `${event.text}`, isRedelivery: false };
  }

  complaints(): readonly LabEvent[] {
    return this.log.events.filter(
      ({ ev, xml }) =>
        ev === "in" && `${xml}`.includes("<body>") && !`${xml}`.includes("<encrypted"),
    );
  }

  async waitForDevice(jid: string, deviceId: number): Promise<void> {
    const node = `${legacy}.bundles:${deviceId}`;
    await this.log.waitFor(`bundle ${deviceId} of ${jid}`, (event) => hasItem(event, jid, node));
  }

  /** Types a line, as it is. */
  type(line: string): void {
    this.#process.writeLine(line);
  }

  async send(to: string, body: string): Promise<void> {
    if (this.#contact !== to) await this.#open(to);
    this.type(body);
    const isSent = ({ ev, text }: LabEvent) => ev === "sent" && text === body;
    await this.log.waitFor(`"${body}" to be sent`, isSent);
    // Profanity says "sent" of a text that it refused to encrypt as well.
    const end = this.log.events.findIndex(isSent);
    const before = this.log.events.slice(0, end).filter(({ ev }) => ev === "out" || ev === "sent");
    if (!`${before.at(-1)?.xml}`.includes("<encrypted"))
      throw new Error(`profanity refused "${body}" ${before.at(-1)?.xml}`);
  }

  /** Until the bundles have come, profanity refuses to send. */
  async #open(to: string): Promise<void> {
    this.type(`/msg ${to}`);
    // Started already when the contact wrote first; then only a new start asks for bundles.
    this.type("/omemo end");
    this.type("/omemo start");
    await this.#markWhen(`the bundles of ${to}`, (events) => hasBundles(events, to));
    this.#contact = to;
  }

  /** Waits until this holds of everything up to the moment when it did all that was typed. */
  async #markWhen(what: string, holds: (events: readonly LabEvent[]) => boolean): Promise<void> {
    for (let seen = await this.#mark(); !holds(seen); seen = await this.#mark()) {
      await this.log.waitUntil(what, (events) =>
        events.slice(seen.length).some(({ ev }) => ev === "in") ? true : undefined,
      );
    }
  }

  /** Everything up to the moment when it did all that was typed, and what that led to at once. */
  async #mark(): Promise<readonly LabEvent[]> {
    const name = `${++this.#marks}`;
    this.type(`/lab ${name}`);
    return await this.log.waitUntil("an answer to /lab", (events) => {
      const end = events.findIndex((event) => event.ev === "mark" && event.name === name);
      return end < 0 ? undefined : events.slice(0, end);
    });
  }

  makeRoom(): Promise<void> {
    return Promise.reject(new Error("profanity is not asked to make rooms"));
  }

  async enterRoom(room: string): Promise<void> {
    this.type(`/join ${room}`);
    await this.log.waitFor(`${room} to be entered`, ({ ev, jid }) => {
      return ev === "entered" && jid === room;
    });
    this.#contact = undefined;
  }

  /** It knows devices of those members alone who were there when it started OMEMO. */
  async sendToRoom(room: string, body: string): Promise<void> {
    this.type("/omemo end");
    this.type("/omemo start");
    await this.#markWhen("the bundles of all members", hasAllAnswers);
    const before = this.log.events.length;
    this.type(body);
    const sent = await this.log.waitUntil(`"${body}" to be sent`, (events) =>
      events.slice(before).find(({ ev, xml }) => ev === "out" && `${xml}`.startsWith("<message")),
    );
    const isEncrypted = `${sent.xml}`.includes("<encrypted") && `${sent.xml}`.includes(room);
    if (!isEncrypted) throw new Error(`profanity refused "${body}" ${sent.xml}`);
  }

  replaceSessions(): Promise<void> {
    return Promise.reject(new Error("profanity has no command that throws a session away"));
  }

  quit(): Promise<void> {
    return this.#process.end();
  }

  async kill(): Promise<void> {
    const started = this.log.events.find(({ ev }) => ev === "start");
    if (started !== undefined && !this.#process.hasEnded) {
      process.kill(Number(started.pid), "SIGKILL");
    }
    await this.quit();
  }
}

/** Starts profanity, and generates its keys when it has none in this folder. */
export const profanityPeer: LaunchPeer = async (seat) => {
  const peer = new ProfanityPeer(seat);
  try {
    await peer.publish();
    return peer;
  } catch (error) {
    await peer.kill();
    throw error;
  }
};
