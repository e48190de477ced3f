import { bareJid } from "@omemo/core";
import { xml } from "@omemo/core/wire";
import { describe, expect, it } from "vitest";
import { EJABBERD, PROSODY } from "../../src/index.js";
import { join, NODE, OPEN, world } from "./clients.js";

const payload = (text: string) => xml("list", {}, text);

describe("personal events", () => {
  it("pushes the newest item to contacts and own resources when they come online [PEP-15]", async () => {
    const sim = world();
    sim.network.befriend("alice@a.example", "bob@b.example");
    const alice = await join(sim, "alice@a.example");
    for (const text of ["1", "2"]) {
      await sim.complete(alice.connection.publishItem(NODE, text, payload(text), OPEN));
    }
    const bob = await join(sim, "bob@b.example", "later");
    const own = await join(sim, "alice@a.example", "later");
    const stranger = await join(sim, "stranger@b.example", "later");
    await sim.clock.runFor(1000);
    expect(bob.heard).toEqual(["online", "item alice@a.example 2 2"]);
    expect(own.heard).toEqual(["online", "item alice@a.example 2 2"]);
    expect(stranger.heard).toEqual(["online"]);
  });

  it("pushes only the nodes that a client asked for, and new ones as soon as it asks [PEP-01]", async () => {
    const sim = world();
    const alice = await join(sim, "alice@a.example", "r", { nodes: [] });
    await sim.complete(alice.connection.publishItem(NODE, "1", payload("1"), OPEN));
    await sim.clock.runFor(1000);
    expect(alice.heard).toEqual(["online"]);
    const heard: string[] = [];
    const stop = alice.connection.listen({ nodes: [NODE], features: [] }, ({ kind }) =>
      heard.push(kind),
    );
    await sim.clock.runFor(1000);
    expect(heard).toEqual(["item"]);
    stop();
    await sim.clock.runFor(1000);
    await sim.complete(alice.connection.publishItem(NODE, "2", payload("2"), OPEN));
    await sim.clock.runFor(1000);
    expect(heard).toEqual(["item"]);
  });

  it("sends no presence before the client does, if so asked", async () => {
    const sim = world();
    const alice = await join(sim, "alice@a.example");
    await sim.complete(alice.connection.publishItem(NODE, "1", payload("1"), OPEN));
    const later = await join(sim, "alice@a.example", "later", { sendsPresence: false });
    await sim.clock.runFor(1000);
    expect(later.heard).toEqual(["online"]);
    await later.send(xml("presence"));
    await sim.clock.runFor(1000);
    expect(later.heard).toEqual(["online", "item alice@a.example 1 1"]);
    await later.send(xml("presence", { type: "unavailable" }));
    await sim.clock.runFor(1000);
    await sim.complete(alice.connection.publishItem(NODE, "2", payload("2"), OPEN));
    await sim.clock.runFor(1000);
    expect(later.heard.length).toBe(2);
  });

  it("differs between servers when a subscription is made", async () => {
    for (const [profile, expected] of [
      [PROSODY, ["online", "item alice@a.example 1 1"]],
      [EJABBERD, ["online"]],
    ] as const) {
      const sim = world({ profileOf: () => profile });
      const alice = await join(sim, "alice@a.example");
      const bob = await join(sim, "bob@b.example");
      await sim.complete(alice.connection.publishItem(NODE, "1", payload("1"), OPEN));
      await sim.clock.runFor(1000);
      sim.network.befriend("alice@a.example", "bob@b.example");
      await sim.clock.runFor(1000);
      expect(bob.heard).toEqual(expected);
      sim.network.unfriend("alice@a.example", "bob@b.example");
      await sim.complete(alice.connection.publishItem(NODE, "2", payload("2"), OPEN));
      await sim.clock.runFor(1000);
      expect(bob.heard).toEqual(expected);
    }
  });

  it("differs between servers when a stranger asks for a node that does not exist", async () => {
    const owner = bareJid("alice@a.example");
    const nobody = bareJid("nobody@a.example");
    const prosody = world();
    const one = await join(prosody, "stranger@b.example");
    prosody.network.account(owner);
    for (const jid of [owner, nobody]) {
      await expect(prosody.complete(one.connection.fetchItem(jid, NODE))).rejects.toThrow(
        /forbidden/,
      );
    }
    const ejabberd = world({ profileOf: () => EJABBERD });
    const two = await join(ejabberd, "stranger@b.example");
    ejabberd.network.account(owner);
    for (const jid of [owner, nobody]) {
      expect(await ejabberd.complete(two.connection.fetchItem(jid, NODE))).toBeUndefined();
      expect(await ejabberd.complete(two.connection.fetchItemIds(jid, NODE))).toEqual([]);
    }
  });

  it("lets only contacts read a node with access model presence [PEP-08]", async () => {
    const sim = world();
    sim.network.befriend("alice@a.example", "bob@b.example");
    const { pep } = sim.network.account("alice@a.example");
    pep.publish(NODE, "1", payload("1"));
    const owner = bareJid("alice@a.example");
    const bob = await join(sim, "bob@b.example");
    const stranger = await join(sim, "stranger@b.example");
    expect(await sim.complete(bob.connection.fetchItem(owner, NODE))).toEqual(payload("1"));
    const refused = sim.complete(stranger.connection.fetchItem(owner, NODE));
    await expect(refused).rejects.toThrow(/not-authorized/);
  });

  it("drops the oldest item when a node is full [PEP-14a]", async () => {
    const sim = world({ profileOf: () => ({ ...PROSODY, maxItems: 3 }) });
    const alice = await join(sim, "alice@a.example");
    const many = { access: "open", maxItems: "max" } as const;
    for (const id of ["1", "2", "3", "1", "4"]) {
      await sim.complete(alice.connection.publishItem(NODE, id, payload(id), many));
    }
    const ids = await sim.complete(alice.connection.fetchItemIds(bareJid("alice@a.example"), NODE));
    expect(ids).toEqual(["3", "1", "4"]);
  });

  it("tells of retracted items and deleted nodes [O2-23]", async () => {
    const sim = world();
    const alice = await join(sim, "alice@a.example");
    await sim.complete(alice.connection.publishItem(NODE, "1", payload("1"), OPEN));
    await sim.complete(alice.connection.retractItem(NODE, "1"));
    await sim.complete(alice.connection.deleteNode(NODE));
    await sim.complete(alice.connection.deleteNode(NODE));
    await sim.clock.runFor(1000);
    expect(alice.heard.slice(2)).toEqual([
      "item alice@a.example 1 gone",
      "item alice@a.example node gone",
    ]);
  });
});
