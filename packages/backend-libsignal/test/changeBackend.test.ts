import { libsignalBackend } from "@omemo/backend-libsignal";
import { nobleBackend } from "@omemo/backend-noble";
import {
  LEGACY,
  OMEMO_2,
  type OmemoBackend,
  type OmemoIdentity,
  OmemoManager,
  type OmemoOptions,
  type OmemoStore,
  type OmemoTrustCallback,
  type RecordKey,
} from "@omemo/core";
import { deviceListNode } from "@omemo/core/wire";
import { type SimulatedDevice, type Simulation, simulation } from "@omemo/testkit";
import { describe, expect, it } from "vitest";

const JULIET = "juliet@a.example";
const ROMEO = "romeo@b.example";
const NURSE = "nurse@c.example";

const noble = (): OmemoBackend => nobleBackend();
const libsignal = (): OmemoBackend => libsignalBackend({ license: "AGPL-3.0-only" });

/** Trusts whom nobody distrusted; decisions lie in the account's own store. */
function trustOver(store: OmemoStore): OmemoTrustCallback {
  const keyOf = ({ jid, fingerprint }: OmemoIdentity): RecordKey => ["trust", jid, fingerprint];
  return {
    getTrust: async (identities) => {
      const records = await store.get(identities.map(keyOf));
      return records.map((record) => (record === undefined ? "trusted" : "untrusted"));
    },
    setTrust: async (identity) => {
      const put = [{ key: keyOf(identity), value: Uint8Array.of(0) }];
      await store.commit({ check: [], put, delete: [] });
    },
  };
}

/** A person with one device, whose process may be started again on another backend. */
class Person {
  readonly heard: string[] = [];
  readonly failures: string[] = [];
  readonly #world: Simulation;
  readonly #device: SimulatedDevice;
  #manager: OmemoManager | undefined;

  constructor(world: Simulation, jid: string) {
    this.#world = world;
    this.#device = world.device(jid, "phone");
  }

  get manager(): OmemoManager {
    if (this.#manager === undefined) throw new Error("is not there");
    return this.#manager;
  }

  async start(backend: OmemoBackend, options: OmemoOptions = {}): Promise<void> {
    let isReady = false;
    this.#device.start(async (ports) => {
      const { store, transport, clock, crypto } = ports;
      const given = { store, transport, trust: ports.trust(trustOver(store)) };
      const all = { ...given, backend: ports.backend(backend) };
      const manager = new OmemoManager(all, { clock, crypto, ...options });
      this.#manager = manager;
      manager.on("message", ({ body = "" }) => void this.heard.push(body));
      manager.on("failure", ({ reason }) => void this.failures.push(reason));
      while (transport.isOnline !== true) await clock.sleep(100);
      await manager.initialize();
      await manager.idle();
      isReady = true;
    });
    await this.#world.run(() => isReady);
  }

  /** Once its server knows what was read: what comes again is unreadable to another backend. */
  async stop(): Promise<void> {
    await this.#world.complete(this.manager.idle());
    await this.#world.runFor(120_000);
    this.#device.stop();
    this.#manager = undefined;
    await this.#world.runFor(5000);
  }

  async write(to: string, body: string): Promise<void> {
    await this.#world.complete(this.manager.sendMessage(to, body));
  }
}

async function stage(seed: string, versions = [OMEMO_2, LEGACY]) {
  const world = simulation({ seed });
  for (const [one, other] of [
    [JULIET, ROMEO],
    [JULIET, NURSE],
  ] as const) {
    world.network.befriend(one, other);
  }
  const [juliet, romeo] = [new Person(world, JULIET), new Person(world, ROMEO)];
  const nurse = new Person(world, NURSE);
  await romeo.start(noble(), { versions });
  await nurse.start(noble(), { versions });
  return { world, juliet, romeo, nurse };
}

async function talk(
  world: Simulation,
  juliet: Person,
  romeo: Person,
  about: string,
): Promise<void> {
  await juliet.write(ROMEO, `${about}: Juliet`);
  await world.run(() => romeo.heard.includes(`${about}: Juliet`));
  await romeo.write(JULIET, `${about}: Romeo`);
  await world.run(() => juliet.heard.includes(`${about}: Romeo`));
}

/** Device ids in the list that the server has. */
function listed(world: Simulation, version: typeof LEGACY | typeof OMEMO_2): string {
  const node = world.network.account(JULIET).pep.nodes.get(deviceListNode(version));
  return JSON.stringify([...(node?.items ?? [])]);
}

describe("an account that changes its backend", () => {
  it("keeps identity, device and decisions, and builds its sessions anew, there and back", async () => {
    const { world, juliet, romeo, nurse } = await stage("there and back", [LEGACY]);
    await juliet.start(noble());
    await talk(world, juliet, romeo, "noble");
    const device = juliet.manager.getOwnDevice();
    const fingerprint = juliet.manager.getOwnFingerprint();
    const [nurses] = await world.complete(juliet.manager.getActiveFingerprints(NURSE));
    await world.complete(juliet.manager.distrustOmemoIdentity(nurses as OmemoIdentity));
    for (const [name, backend] of [
      ["libsignal", libsignal()],
      ["noble again", noble()],
    ] as const) {
      await juliet.stop();
      await juliet.start(backend);
      expect(juliet.manager.getOwnDevice()).toEqual(device);
      expect(juliet.manager.getOwnFingerprint()).toBe(fingerprint);
      await expect(world.complete(juliet.manager.sendMessage(NURSE, "no"))).rejects.toThrow();
      // Romeo is told of the new session before anybody says a word.
      await romeo.write(JULIET, `${name}: first`);
      await world.run(() => juliet.heard.includes(`${name}: first`));
      await talk(world, juliet, romeo, name);
    }
    expect([...juliet.failures, ...romeo.failures, ...nurse.failures]).toEqual([]);
  });

  it("reads the key exchanges that are under way while it changes", async () => {
    const { world, juliet, romeo, nurse } = await stage("under way", [LEGACY]);
    await juliet.start(noble());
    await talk(world, juliet, romeo, "noble");
    await juliet.stop();
    await nurse.write(JULIET, "from the nurse, who never wrote before");
    await juliet.start(libsignal());
    await world.run(() => juliet.heard.includes("from the nurse, who never wrote before"));
    await juliet.write(NURSE, "an answer");
    await world.run(() => nurse.heard.includes("an answer"));
    expect(juliet.failures).toEqual([]);
  });

  it("withdraws the version that it no longer speaks, and announces it again when it does", async () => {
    const { world, juliet, romeo } = await stage("withdraws");
    await juliet.start(noble());
    await talk(world, juliet, romeo, "OMEMO 2");
    const id = String(juliet.manager.getOwnDevice().deviceId);
    expect(listed(world, OMEMO_2)).toContain(id);
    await juliet.stop();
    await juliet.start(libsignal());
    expect(listed(world, OMEMO_2)).not.toContain(id);
    expect(listed(world, LEGACY)).toContain(id);
    await talk(world, juliet, romeo, "legacy");
    await juliet.stop();
    await juliet.start(noble());
    expect(listed(world, OMEMO_2)).toContain(id);
    await talk(world, juliet, romeo, "OMEMO 2 again");
    expect([...juliet.failures, ...romeo.failures]).toEqual([]);
  });
});

describe("a stranger to an account that changes its backend", () => {
  it("hears of the version that is left by the new session, and writes in it [O2-176]", async () => {
    const world = simulation({ seed: "stranger" });
    const [juliet, romeo] = [new Person(world, JULIET), new Person(world, ROMEO)];
    await romeo.start(noble());
    await juliet.start(noble());
    await talk(world, juliet, romeo, "OMEMO 2");
    await juliet.stop();
    await juliet.start(libsignal());
    await world.runFor(10_000);
    await romeo.write(JULIET, "after the change");
    await world.run(() => juliet.heard.includes("after the change"));
    await talk(world, juliet, romeo, "legacy");
    expect([...juliet.failures, ...romeo.failures]).toEqual([]);
  });
});

describe("an account on libsignal", () => {
  it("never uses a counter twice, however many messages are written at once [W-75]", async () => {
    const { world, juliet, romeo } = await stage("at once");
    await juliet.start(libsignal());
    const bodies = Array.from({ length: 25 }, (_, index) => `message ${index}`);
    await world.complete(
      Promise.all(bodies.map((body) => juliet.manager.sendMessage(ROMEO, body))),
    );
    await world.run(() => romeo.heard.length >= bodies.length);
    expect([...romeo.heard].sort()).toEqual([...bodies].sort());
    expect(romeo.failures).toEqual([]);
  });
});
