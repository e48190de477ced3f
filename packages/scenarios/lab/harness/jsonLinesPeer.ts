import type { EventLog, LabEvent } from "./eventLog.js";
import { type LabCommand, LabProcess } from "./labProcess.js";
import type { Peer, ReceivedText } from "./peer.js";

/** A command of the protocol, without its id. */
export interface JsonCommand {
  readonly cmd: string;
  readonly [field: string]: unknown;
}

interface ListedDevice {
  readonly device: number;
}

const alwaysWrong: ReadonlySet<string> = new Set(["invalid", "plain", "failed"]);

/**
 * An answer without text to one of two devices reaches the other as well, and as a carbon a second
 * time: neither is a failure.
 */
function isUnreadable(event: LabEvent, events: readonly LabEvent[]): boolean {
  if (event.ev !== "undecryptable" || event.error === "MessageNotForUs") return false;
  return !events.some(({ ev, id }) => id === event.id && (ev === "message" || ev === "empty"));
}

/** A client that is driven by JSON lines; `lab/twomemo_peer.py` describes the protocol. */
export class JsonLinesPeer implements Peer {
  readonly log: EventLog;
  readonly deviceId: number;
  readonly #process: LabProcess;
  #commands = 0;

  private constructor(process: LabProcess, deviceId: number) {
    this.#process = process;
    this.log = process.log;
    this.deviceId = deviceId;
  }

  static async start(command: LabCommand): Promise<JsonLinesPeer> {
    const process = new LabProcess(command);
    try {
      const online = await process.log.waitFor("online", ({ ev }) => ev === "online");
      return new JsonLinesPeer(process, Number(online.device));
    } catch (error) {
      await process.kill();
      throw error;
    }
  }

  get hasEnded(): boolean {
    return this.#process.hasEnded;
  }

  /** What it wrote to its log. */
  get errorOutput(): string {
    return this.#process.errorOutput;
  }

  /** Resolves with the `result` of its answer; rejects when it answers `failed`. */
  async command(command: JsonCommand): Promise<unknown> {
    const id = ++this.#commands;
    this.#process.writeLine(JSON.stringify({ ...command, id }));
    const answer = await this.log.waitFor(
      `the answer to ${command.cmd}`,
      (event) => event.id === id && (event.ev === "done" || event.ev === "failed"),
    );
    if (answer.ev === "failed") throw new Error(`${command.cmd} failed: ${answer.error}`);
    return answer.result;
  }

  readText(event: LabEvent): ReceivedText | undefined {
    if (event.ev !== "message" || typeof event.body !== "string") return undefined;
    return { id: `${event.id}`, body: event.body, isRedelivery: event.redelivery === true };
  }

  complaints(): readonly LabEvent[] {
    const { events } = this.log;
    return events.filter((event) => alwaysWrong.has(event.ev) || isUnreadable(event, events));
  }

  async waitForDevice(jid: string, deviceId: number): Promise<void> {
    await this.log.waitFor(
      `a device list of ${jid} with ${deviceId}`,
      ({ ev, jid: owner, devices }) =>
        ev === "device_list" && owner === jid && Object.hasOwn(Object(devices), deviceId),
    );
  }

  async send(to: string, body: string): Promise<void> {
    await this.command({ cmd: "send", to, body });
  }

  async makeRoom(room: string, members: readonly string[]): Promise<void> {
    await this.command({ cmd: "makeroom", room, members });
  }

  async enterRoom(room: string): Promise<void> {
    await this.command({ cmd: "join", room });
  }

  async sendToRoom(room: string, body: string): Promise<void> {
    await this.command({ cmd: "room", room, body });
  }

  async replaceSessions(jid: string): Promise<void> {
    const devices = (await this.command({ cmd: "devices", jid })) as readonly ListedDevice[];
    for (const { device } of devices) await this.command({ cmd: "replace", jid, device });
  }

  quit(): Promise<void> {
    return this.#process.end();
  }

  kill(): Promise<void> {
    return this.#process.kill();
  }
}
