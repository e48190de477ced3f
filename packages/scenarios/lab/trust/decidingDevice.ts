import { expect } from "vitest";
import type { JsonCommand } from "../harness/jsonLinesPeer.js";
import { JsonLinesPeer } from "../harness/jsonLinesPeer.js";
import type { LabDevice } from "../harness/labDevice.js";
import type { Stage } from "../harness/stage.js";
import type { LabAccount } from "../harness/startServer.js";
import { ours } from "../pairings.js";

/** What a client says about one key. */
interface Explained {
  readonly device: number;
  readonly trust: string;
  readonly reason: string;
}

interface Shown {
  readonly key: string;
}

/** A device of ours under a trust policy, and what its user does about keys. */
export class DecidingDevice {
  readonly device: LabDevice;

  private constructor(device: LabDevice) {
    this.device = device;
  }

  /** Started; `options` are those of the command line. */
  static async start(
    stage: Stage,
    account: LabAccount,
    ...options: readonly string[]
  ): Promise<DecidingDevice> {
    const device = await stage.addDevice(ours("websocket", "noble", ...options), account);
    await device.start();
    return new DecidingDevice(device);
  }

  get jid(): string {
    return this.device.jid;
  }

  get deviceId(): number {
    return this.device.peer.deviceId;
  }

  command(command: JsonCommand): Promise<unknown> {
    const { peer } = this.device;
    if (!(peer instanceof JsonLinesPeer)) throw new Error("this client takes no such commands");
    return peer.command(command);
  }

  send(to: DecidingDevice, body: string): Promise<void> {
    return this.device.send(to.device, body);
  }

  /** Sends a text, which each of these devices opens. */
  async reach(readers: readonly DecidingDevice[], body: string): Promise<void> {
    const [first] = readers;
    if (first === undefined) throw new Error("nobody is to be reached");
    await this.send(first, body);
    await Promise.all(readers.map(({ device }) => device.waitForTexts([body])));
  }

  /** Ids of the devices whose keys nobody decided about: they keep the text from being sent. */
  async isKeptFromSending(to: DecidingDevice, body: string): Promise<readonly number[]> {
    await expect(this.send(to, body)).rejects.toThrow("undecided-identities");
    const refusals = this.device.peer.log.events.filter(({ ev, cmd }) => {
      return ev === "failed" && cmd === "send";
    });
    const identities = refusals.at(-1)?.identities as readonly { readonly device: number }[];
    return identities.map(({ device }) => device);
  }

  /** Resolves with the device whose key it is asked about, for a message that waits. */
  async isAsked(question: number): Promise<number> {
    const asked = await this.device.peer.log.waitFor(
      `question ${question}`,
      (event) => event.ev === "undecided" && event.question === question,
    );
    return Number(asked.device);
  }

  /** What its user shows to others, as a QR code say. */
  async link(): Promise<string> {
    return `${await this.command({ cmd: "fingerprint-uri" })}`;
  }

  /** Compares the keys of `other` with the link that it shows. */
  async verify(other: DecidingDevice): Promise<void> {
    await this.command({ cmd: "verify", jid: other.jid, uri: await other.link() });
  }

  /** Asks the server which devices an account has now, and with which keys. */
  async lookAt(other: DecidingDevice): Promise<void> {
    await this.command({ cmd: "devices", jid: other.jid });
  }

  /** The key that people compare. */
  async key(): Promise<string> {
    const [shown] = (await this.command({ cmd: "fingerprint" })) as readonly Shown[];
    if (shown === undefined) throw new Error("a device shows no key of its own");
    return shown.key;
  }

  /** Resolves once another device made it decide about the key of `other`. */
  async hearsOf(other: DecidingDevice, level: "AUTHENTICATED" | "DISTRUSTED"): Promise<void> {
    const key = await other.key();
    await this.device.peer.log.waitFor(
      `a decision about ${other.jid}`,
      (event) => event.what === "decided" && event.key === key && event.level === level,
    );
  }

  /** Resolves once `other`, whose own key nobody compared here, said something of keys. */
  async keepsForLater(other: DecidingDevice): Promise<void> {
    const key = await other.key();
    await this.device.peer.log.waitFor(
      `what ${other.jid} says of keys`,
      (event) => event.what === "waiting" && event.key === key,
    );
  }

  /** Resolves once something that `other` said of keys was passed over. */
  async passesOver(other: DecidingDevice, reason: string): Promise<void> {
    await this.device.peer.log.waitFor(
      `nothing to come of what ${other.jid} said`,
      (event) => event.what === "refused" && event.jid === other.jid && event.reason === reason,
    );
  }

  /** Why the key of this device is trusted or not. */
  async reasonAbout(other: DecidingDevice): Promise<string> {
    const all = (await this.command({ cmd: "explain", jid: other.jid })) as readonly Explained[];
    const found = all.find(({ device }) => device === other.deviceId);
    return found === undefined ? "unknown" : found.reason;
  }
}
