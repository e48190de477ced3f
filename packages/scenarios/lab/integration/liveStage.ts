import { randomBytes } from "node:crypto";
import type { OmemoOptions, OmemoStore } from "@omemo/core";
import { bareJid } from "@omemo/core";
import type { PersistentPlace } from "../../src/stores/testedStore.js";
import { type BundleReader, openBundleReader } from "../harness/bundleReader.js";
import type { LabAccount, LabServer } from "../harness/startServer.js";
import { LiveDevice } from "./liveDevice.js";
import type { Setting } from "./setting.js";

/** Fresh accounts on a server, and devices of ours in one setting. */
export class LiveStage {
  readonly setting: Setting;
  readonly server: LabServer;
  readonly #shared: PersistentPlace | undefined;
  readonly #places: PersistentPlace[] = [];
  readonly #devices: LiveDevice[] = [];
  readonly #readers: BundleReader[] = [];

  /** `shared`: where all devices keep their state, if the store lets them. */
  constructor(setting: Setting, server: LabServer, shared: PersistentPlace | undefined) {
    this.setting = setting;
    this.server = server;
    this.#shared = shared;
  }

  async addAccounts(count: number): Promise<readonly LabAccount[]> {
    const names = Array.from({ length: count }, () => `i${randomBytes(5).toString("hex")}`);
    return await this.server.addAccounts(names);
  }

  /** A device of an account, not started yet. */
  async addDevice(account: LabAccount, options: OmemoOptions = {}): Promise<LiveDevice> {
    const { version, makeBackend } = this.setting;
    const resource = `device-${this.#devices.length + 1}`;
    const device = new LiveDevice({
      server: this.server,
      account,
      resource,
      options: { versions: [version], ...options },
      makeBackend,
      openStore: await this.#storeFor(account, resource),
    });
    this.#devices.push(device);
    return device;
  }

  /** Two accounts with one device each, online, which trust each other when `areFriends`. */
  async startPair(
    areFriends: boolean,
    options: OmemoOptions = {},
  ): Promise<readonly [alice: LiveDevice, bob: LiveDevice]> {
    const [first, second] = (await this.addAccounts(2)) as [LabAccount, LabAccount];
    const pair = [
      await this.addDevice(first, options),
      await this.addDevice(second, options),
    ] as const;
    const [alice, bob] = pair;
    await alice.start();
    await bob.start();
    if (!areFriends) return pair;
    await alice.trust(bob);
    await bob.trust(alice);
    return pair;
  }

  /** The pre-keys that a stranger can fetch: ids with keys. */
  async offered(device: LiveDevice): Promise<ReadonlyMap<string, string>> {
    const reader = this.#readers[0] ?? (await this.#openReader());
    return await reader.readPreKeys(device.jid, this.setting.bundles, device.deviceId);
  }

  async close(): Promise<void> {
    await Promise.all(this.#devices.map((device) => device.stop()));
    await Promise.all(this.#readers.map((reader) => reader.stop()));
    await Promise.all(this.#places.map((place) => place.dispose()));
  }

  async #openReader(): Promise<BundleReader> {
    const [account] = (await this.addAccounts(1)) as [LabAccount];
    const reader = await openBundleReader(this.server, account);
    this.#readers.push(reader);
    return reader;
  }

  async #storeFor(account: LabAccount, resource: string): Promise<() => Promise<OmemoStore>> {
    const { store } = this.setting;
    const place = this.#shared ?? (await store.prepare());
    if (place !== this.#shared) this.#places.push(place);
    // Two devices of one account are two owners of records.
    return () => place.open(bareJid(`${resource}-${account.jid}`));
  }
}
