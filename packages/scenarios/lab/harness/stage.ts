import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BundleReader, openBundleReader } from "./bundleReader.js";
import { type Bystander, openBystander } from "./bystander.js";
import { checkSilence } from "./checkSilence.js";
import type { LabEvent } from "./eventLog.js";
import { LabDevice } from "./labDevice.js";
import type { Pairing, Side } from "./pairing.js";
import type { LabAccount, LabServer } from "./startServer.js";

/** What one scenario plays on: fresh accounts on a running server, and their devices. */
export class Stage {
  readonly pairing: Pairing;
  readonly #server: LabServer;
  readonly #folder: string;
  readonly #prefix: string;
  readonly #devices: LabDevice[] = [];
  readonly #readers: BundleReader[] = [];
  readonly #bystanders: Bystander[] = [];
  #accounts = 0;
  #rooms = 0;

  private constructor(pairing: Pairing, server: LabServer, folder: string) {
    this.pairing = pairing;
    this.#server = server;
    this.#folder = folder;
    this.#prefix = `u${folder.slice(-6).toLowerCase()}x`;
  }

  static async open(pairing: Pairing, server: LabServer): Promise<Stage> {
    return new Stage(pairing, server, await mkdtemp(join(tmpdir(), "omemo-lab-")));
  }

  /** Creates this many accounts that nobody used before. */
  async addAccounts(count: number): Promise<readonly LabAccount[]> {
    const names = Array.from({ length: count }, () => `${this.#prefix}${++this.#accounts}`);
    return await this.#server.addAccounts(names);
  }

  /** A device of `account`, not started yet. */
  async addDevice(side: Side, account: LabAccount): Promise<LabDevice> {
    const resource = `device-${this.#devices.length + 1}`;
    const folder = join(this.#folder, resource);
    const device = new LabDevice(side, { server: this.#server, account, resource, folder });
    this.#devices.push(device);
    await mkdir(folder);
    return device;
  }

  /** Address of a room that nobody made before. */
  roomAddress(): string {
    return `${this.#prefix}room${++this.#rooms}@${this.#server.roomDomain}`;
  }

  /** Two accounts with one device each, not started yet. */
  async addPair(): Promise<readonly [left: LabDevice, right: LabDevice]> {
    const [left, right] = (await this.addAccounts(2)) as [LabAccount, LabAccount];
    return [
      await this.addDevice(this.pairing.left, left),
      await this.addDevice(this.pairing.right, right),
    ];
  }

  /**
   * The same, online and published. One after the other: ejabberd refuses to create two PEP nodes
   * in the same moment, and profanity does not try again.
   */
  async startPair(): Promise<readonly [left: LabDevice, right: LabDevice]> {
    const [left, right] = await this.addPair();
    await left.start();
    await right.start();
    return [left, right];
  }

  /** A client without OMEMO on an account of its own. */
  async openBundleReader(): Promise<BundleReader> {
    const [account] = (await this.addAccounts(1)) as [LabAccount];
    const reader = await openBundleReader(this.#server, account);
    this.#readers.push(reader);
    return reader;
  }

  /** A client without OMEMO on the account of a device: the server keeps nothing for later. */
  async openBystander({ account }: LabDevice): Promise<Bystander> {
    const bystander = await openBystander(this.#server, account);
    this.#bystanders.push(bystander);
    return bystander;
  }

  complaints(): readonly LabEvent[] {
    return this.#devices.flatMap((device) => device.complaints());
  }

  /**
   * Ends our own clients, after each has written its trace: neither that nor their logs may tell what
   * was said, nor keys; @throws Error that names what they tell.
   */
  async checkSilence(): Promise<void> {
    const said = [...new Set(this.#devices.flatMap((device) => device.texts()))];
    await Promise.all(this.#devices.map((device) => checkSilence(device, said)));
  }

  /** Ends every client and removes their state. */
  async close(): Promise<void> {
    await Promise.all([...this.#readers, ...this.#bystanders].map((other) => other.stop()));
    await Promise.all(this.#devices.map((device) => device.end()));
    await rm(this.#folder, { recursive: true, force: true });
  }
}
