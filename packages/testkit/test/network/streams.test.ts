import { bareJid } from "@omemo/core";
import { describe, expect, it } from "vitest";
import { CALM, CHAOTIC, type NetworkFaults, ROUGH } from "../../src/index.js";
import { chat, join, NODE, OPEN, world } from "./clients.js";

const OWNER = bareJid("alice@a.example");
const faults = (changed: Partial<NetworkFaults>): NetworkFaults => ({ ...CALM, ...changed });

async function pair(changed: Partial<NetworkFaults> = {}, options = {}) {
  const sim = world({ faults: faults(changed) });
  const alice = await join(sim, "alice@a.example", "r", options);
  const bob = await join(sim, "bob@b.example", "r", options);
  return { sim, alice, bob };
}

const texts = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

describe("streams", () => {
  it("are resumed with what was under way in both directions, in order", async () => {
    const { sim, alice, bob } = await pair();
    for (const text of texts(5)) await alice.send(chat("bob@b.example", text));
    alice.connection.goOffline();
    bob.connection.goOffline();
    await sim.clock.runFor(10_000);
    bob.connection.goOnline();
    alice.connection.goOnline();
    await sim.clock.runFor(10_000);
    expect(bob.heard).toEqual([
      "online",
      "offline",
      "resumed",
      ...texts(5).map((text) => `live ${text}`),
    ]);
    expect(alice.heard).toEqual(["online", "offline", "resumed"]);
  });

  it("lose what was under way when they cannot be resumed, but for the offline storage", async () => {
    const { sim, alice, bob } = await pair({ resumableFor: 1000 });
    bob.connection.goOffline();
    await alice.send(chat("bob@b.example", "stored"));
    await sim.clock.runFor(10_000);
    await alice.send(chat("bob@b.example", "lost on the way up"));
    alice.connection.goOffline();
    await sim.clock.runFor(10_000);
    alice.connection.goOnline();
    bob.connection.goOnline();
    await sim.clock.runFor(10_000);
    expect(bob.heard).toEqual(["online", "offline", "online", "live stored"]);
  });

  it("are new when the client never heard of the one that it was logged in by", async () => {
    const { sim, bob } = await pair({ resumableFor: 1000, latency: [100, 100] });
    bob.connection.goOffline();
    await sim.clock.runFor(10_000);
    bob.connection.goOnline();
    await sim.clock.runFor(150); // the server has let it in, and the answer is on its way
    bob.connection.goOffline();
    bob.connection.goOnline();
    await sim.clock.runFor(10_000);
    expect(bob.heard).toEqual(["online", "offline", "online"]);
  });

  it("store again what was delivered, but not acknowledged in time", async () => {
    const { sim, alice, bob } = await pair({ resumableFor: 1000, latency: [100, 100] });
    await alice.send(chat("bob@b.example", "twice"));
    await sim.run(() => bob.heard.includes("live twice"));
    bob.connection.kill();
    await sim.clock.runFor(10_000);
    const again = await join(sim, "bob@b.example", "r2");
    await sim.clock.runFor(10_000);
    expect(again.heard).toEqual(["online", "live twice"]);
  });

  it("repeat stanzas on resumption by chance", async () => {
    const { sim, alice, bob } = await pair({ duplicateChance: 1, latency: [100, 100] });
    await alice.send(chat("bob@b.example", "twice"));
    await sim.run(() => bob.heard.includes("live twice"));
    bob.connection.goOffline();
    bob.connection.goOnline();
    await sim.clock.runFor(10_000);
    expect(bob.heard).toEqual(["online", "live twice", "offline", "resumed", "live twice"]);
  });

  it("go to the newcomer when a resource connects again", async () => {
    const { sim, alice, bob } = await pair();
    bob.connection.goOffline();
    await alice.send(chat("bob@b.example", "waiting"));
    await sim.clock.runFor(1000);
    const newcomer = await join(sim, "bob@b.example", "r");
    await sim.clock.runFor(1000);
    bob.connection.goOnline();
    await alice.send(chat("bob@b.example", "next"));
    await sim.clock.runFor(10_000);
    expect(newcomer.heard).toEqual(["online", "live waiting", "live next"]);
    expect(bob.heard).toEqual(["online", "offline"]);
  });

  it("break before the server has a stanza, or after: the sender cannot tell which", async () => {
    for (const [changed, arrives] of [
      [{ lossBeforeServer: 1 }, false],
      [{ lossAfterServer: 1 }, true],
    ] as const) {
      const { sim, alice, bob } = await pair();
      sim.network.faults = faults(changed);
      const sending = sim.complete(alice.connection.send(chat("bob@b.example", "hi")));
      await expect(sending).rejects.toMatchObject({ code: "offline" });
      sim.network.faults = CALM;
      await sim.clock.runFor(60_000);
      expect(bob.heard.includes("live hi")).toBe(arrives);
      expect(alice.heard).toEqual(["online", "offline", "resumed"]);
    }
  });

  it("break before a request takes effect, or after", async () => {
    for (const [changed, expected] of [
      [{ lossBeforeServer: 1 }, []],
      [{ lossAfterServer: 1 }, ["1"]],
    ] as const) {
      const { sim, alice } = await pair();
      sim.network.faults = faults(changed);
      const publishing = alice.connection.publishItem(
        NODE,
        "1",
        { name: "x", attrs: {}, children: [] },
        OPEN,
      );
      await expect(sim.complete(publishing)).rejects.toMatchObject({ code: "offline" });
      sim.network.faults = CALM;
      await sim.run(() => alice.connection.isOnline);
      expect(await sim.complete(alice.connection.fetchItemIds(OWNER, NODE))).toEqual(expected);
    }
  });

  it("break now and then without reason, and come back", async () => {
    const { sim, alice } = await pair();
    sim.network.faults = faults({ meanUptime: 10_000 });
    alice.connection.goOffline();
    alice.connection.goOnline();
    await sim.clock.runFor(300_000);
    const count = alice.heard.filter((state) => state === "resumed").length;
    expect(count).toBeGreaterThan(10);
    sim.network.faults = CALM;
    await sim.clock.runFor(60_000);
    alice.heard.length = 0;
    await sim.clock.runFor(600_000);
    expect(alice.heard).toEqual([]);
  });
});

describe("requests", () => {
  it("fail with the error of a server by chance, and change something or nothing", async () => {
    const { sim, alice } = await pair();
    const payload = { name: "x", attrs: {}, children: [] };
    sim.network.faults = faults({ publishFailure: 1 });
    const effects = new Set<boolean>();
    for (const id of texts(20)) {
      const publishing = alice.connection.publishItem(NODE, id, payload, OPEN);
      await expect(sim.complete(publishing)).rejects.toThrow(/internal-server-error/);
      effects.add(sim.network.account(OWNER).pep.nodes.get(NODE)?.items.has(id) === true);
    }
    expect(effects).toEqual(new Set([true, false]));
    sim.network.faults = faults({ fetchFailure: 1 });
    const fetching = sim.complete(alice.connection.fetchItem(OWNER, NODE));
    await expect(fetching).rejects.toThrow(/internal-server-error/);
  });

  it("stay unanswered until the server gives up", async () => {
    const { sim, bob } = await pair();
    sim.network.faults = faults({ fetchTimeout: 1 });
    const start = sim.clock.now();
    const fetching = sim.complete(bob.connection.fetchItem(OWNER, NODE));
    await expect(fetching).rejects.toThrow(/remote-server-timeout/);
    expect(sim.clock.now() - start).toBeGreaterThanOrEqual(30_000);
  });

  it("do not reach an isolated server", async () => {
    const { sim, bob } = await pair();
    sim.network.isolate("a.example");
    const fetching = sim.complete(bob.connection.fetchItem(OWNER, NODE));
    await expect(fetching).rejects.toThrow(/remote-server-not-found/);
  });
});

describe("order", () => {
  const burst = async (changed: NetworkFaults, senders: number): Promise<readonly string[]> => {
    const sim = world();
    const bob = await join(sim, "bob@b.example");
    const clients = [];
    for (let index = 0; index < senders; index += 1) {
      clients.push(await join(sim, `sender${index}@a.example`));
    }
    sim.network.faults = { ...changed, meanUptime: 0, lossBeforeServer: 0, lossAfterServer: 0 };
    for (const text of texts(20)) {
      for (const [index, client] of clients.entries()) {
        await client.send(chat("bob@b.example", `${index} ${text}`));
      }
    }
    await sim.clock.runFor(3_600_000);
    return bob.heard.slice(1).map((text) => text.slice("live ".length));
  };

  it("is kept between two clients, but not among several, in a rough network", async () => {
    const heard = await burst(ROUGH, 3);
    expect(heard.length).toBe(60);
    for (const sender of ["0", "1", "2"]) {
      const own = heard.filter((text) => text.startsWith(`${sender} `));
      expect(own).toEqual(texts(20).map((text) => `${sender} ${text}`));
    }
    const sent = texts(20).flatMap((text) => ["0", "1", "2"].map((sender) => `${sender} ${text}`));
    expect(heard).not.toEqual(sent);
  });

  it("is lost even between two clients in a chaotic network, but nothing else is", async () => {
    const heard = await burst(CHAOTIC, 1);
    const sent = texts(20).map((text) => `0 ${text}`);
    expect(heard).not.toEqual(sent);
    expect([...heard].sort()).toEqual([...sent].sort());
  });
});
