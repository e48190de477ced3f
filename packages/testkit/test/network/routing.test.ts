import { xml } from "@omemo/core/wire";
import { describe, expect, it } from "vitest";
import { EJABBERD, PROSODY } from "../../src/index.js";
import { bare, chat, EME, join, NO_STORE, STORE, textOf, world } from "./clients.js";

describe("message routing", () => {
  it("brings a message for the bare address to every resource, once", async () => {
    const sim = world();
    const alice = await join(sim, "alice@a.example");
    const bobs = [await join(sim, "bob@b.example", "1"), await join(sim, "bob@b.example", "2")];
    await alice.send(chat("bob@b.example", "hi"));
    await sim.clock.runFor(1000);
    for (const bob of bobs) expect(bob.heard).toEqual(["online", "live hi"]);
    expect(alice.heard).toEqual(["online"]);
  });

  it("brings one for a full address to that resource, and carbons to the others [CARB-03]", async () => {
    const sim = world();
    const alice = await join(sim, "alice@a.example");
    const elsewhere = await join(sim, "alice@a.example", "elsewhere");
    const one = await join(sim, "bob@b.example", "1");
    const two = await join(sim, "bob@b.example", "2");
    await alice.send(chat("bob@b.example/2", "hi"));
    await alice.send(chat("bob@b.example/gone", "anyone"));
    await sim.clock.runFor(1000);
    expect(one.heard).toEqual(["online", "carbon-received hi", "live anyone"]);
    expect(two.heard).toEqual(["online", "live hi", "live anyone"]);
    expect(elsewhere.heard).toEqual(["online", "carbon-sent hi", "carbon-sent anyone"]);
  });

  it("makes no carbons of private messages, groupchat and bodiless normal ones [CARB-06]", async () => {
    const sim = world();
    const alice = await join(sim, "alice@a.example");
    const elsewhere = await join(sim, "alice@a.example", "elsewhere");
    await join(sim, "bob@b.example");
    const hints = "urn:xmpp:hints";
    await alice.send(bare("bob@b.example", xml("private", { xmlns: "urn:xmpp:carbons:2" })));
    await alice.send(bare("bob@b.example", xml("no-copy", { xmlns: hints })));
    await alice.send(chat("bob@b.example", "headline", "headline"));
    await alice.send(xml("message", { to: "bob@b.example" }, STORE));
    await alice.send(chat("bob@b.example", "normal", "normal"));
    await sim.clock.runFor(1000);
    expect(elsewhere.heard).toEqual(["online", "carbon-sent normal"]);
  });

  it("names the sender itself, whatever the client wrote", async () => {
    const sim = world();
    const mallory = await join(sim, "mallory@a.example");
    const bob = await join(sim, "bob@b.example");
    await mallory.send({
      ...chat("bob@b.example", "hi"),
      attrs: { to: "bob@b.example", from: "alice@a.example" },
    });
    await sim.clock.runFor(1000);
    expect(bob.events[1]).toMatchObject({ stanza: { attrs: { from: "mallory@a.example/r" } } });
  });

  it("keeps messages for who is offline, as far as body and hints ask for it [HINT-01]", async () => {
    const sim = world();
    const alice = await join(sim, "alice@a.example");
    sim.network.account("bob@b.example");
    await alice.send(chat("bob@b.example", "body"));
    await alice.send(bare("bob@b.example", STORE, xml("kept")));
    await alice.send(bare("bob@b.example", xml("lost")));
    await alice.send({ ...chat("bob@b.example", "no-store"), children: [NO_STORE] });
    await alice.send(chat("bob@b.example", "headline", "headline"));
    await sim.clock.runFor(1000);
    const sentAt = sim.clock.now();
    await sim.clock.runFor(60_000);
    const bob = await join(sim, "bob@b.example");
    await sim.clock.runFor(1000);
    expect(bob.heard.length).toBe(3);
    expect(bob.heard[1]).toBe("live body");
    expect(bob.heard[2]).toContain("<kept/>");
    const [, first] = bob.events;
    expect(first).toMatchObject({ kind: "message", archiveId: undefined });
    const stamp = first?.kind === "message" ? (first.sentAt ?? 0) : 0;
    expect(stamp > sentAt - 1000 && stamp <= sentAt).toBe(true);
    const again = await join(sim, "bob@b.example", "later");
    await sim.clock.runFor(1000);
    expect(again.heard).toEqual(["online"]);
  });

  it("archives what has a body or a store hint, and on Prosody what has EME [MAM-09]", async () => {
    for (const [profile, expected] of [
      [PROSODY, 3],
      [EJABBERD, 2],
    ] as const) {
      const sim = world({ profileOf: () => profile });
      const alice = await join(sim, "alice@a.example");
      const bob = await join(sim, "bob@b.example");
      await alice.send(chat("bob@b.example", "body"));
      await alice.send(bare("bob@b.example", STORE));
      await alice.send(bare("bob@b.example", EME));
      await alice.send(bare("bob@b.example"));
      await alice.send(bare("bob@b.example", STORE, NO_STORE));
      await sim.clock.runFor(1000);
      for (const { connection } of [alice, bob]) {
        const page = await sim.complete(connection.fetchArchive({ pageSize: 100 }));
        expect(page.messages.length).toBe(expected);
      }
    }
  });

  it("tells the archive id in the live message [SID-02]", async () => {
    const sim = world();
    const alice = await join(sim, "alice@a.example");
    const bob = await join(sim, "bob@b.example");
    await alice.send(chat("bob@b.example", "hi"));
    await sim.clock.runFor(1000);
    const page = await sim.complete(bob.connection.fetchArchive({ pageSize: 10 }));
    const id = page.messages[0]?.archiveId;
    expect(id).toBeDefined();
    expect(bob.events[1]).toMatchObject({
      stanza: { children: [{}, { name: "stanza-id", attrs: { by: "bob@b.example", id } }] },
    });
  });

  it("keeps a message to oneself once, and brings it to all own resources", async () => {
    const sim = world();
    const alice = await join(sim, "alice@a.example");
    const elsewhere = await join(sim, "alice@a.example", "elsewhere");
    await alice.send(chat("alice@a.example", "note"));
    await sim.clock.runFor(1000);
    expect([alice.heard, elsewhere.heard]).toEqual([
      ["online", "live note"],
      ["online", "live note"],
    ]);
    const page = await sim.complete(alice.connection.fetchArchive({ pageSize: 10 }));
    expect(page.messages.map(({ stanza }) => textOf(stanza))).toEqual(["note"]);
  });

  it("returns an error for an address without account, and for a server out of reach", async () => {
    const sim = world();
    const alice = await join(sim, "alice@a.example");
    sim.network.account("bob@b.example");
    await alice.send(chat("nobody@b.example", "hi"));
    await sim.clock.runFor(1000);
    sim.network.isolate("b.example");
    await alice.send(chat("bob@b.example", "hi"));
    await sim.clock.runFor(1000);
    sim.network.heal("b.example");
    await alice.send(chat("bob@b.example", "hi"));
    await sim.clock.runFor(1000);
    const errors = alice.events.flatMap((event) =>
      event.kind === "message" ? [event.stanza.attrs.type, JSON.stringify(event.stanza)] : [],
    );
    expect(errors.length).toBe(4);
    expect(errors[1]).toContain("service-unavailable");
    expect(errors[3]).toContain("remote-server-not-found");
  });

  it("shares no object between clients, and nobody can change what arrived", async () => {
    const sim = world();
    const alice = await join(sim, "alice@a.example");
    const bob = await join(sim, "bob@b.example");
    const attrs = { to: "bob@b.example", type: "chat" };
    const children = [xml("body", {}, "hi")];
    const sending = alice.connection.send({ name: "message", attrs, children });
    attrs.to = "elsewhere";
    children.length = 0;
    await sim.complete(sending);
    await sim.clock.runFor(1000);
    expect(bob.heard).toEqual(["online", "live hi"]);
    const [, event] = bob.events;
    const stanza = event?.kind === "message" ? event.stanza : undefined;
    for (const part of [stanza, stanza?.attrs, stanza?.children, stanza?.children[0]]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it("refuses what XML cannot carry, and ends the stream for what is too long [L-46]", async () => {
    const sim = world();
    const alice = await join(sim, "alice@a.example", "r", { reconnects: false });
    await expect(
      sim.complete(alice.connection.send(chat("bob@b.example", "\0"))),
    ).rejects.toMatchObject({
      code: "invalid-input",
    });
    const long = chat("bob@b.example", "x".repeat(PROSODY.maxStanzaSize));
    await expect(sim.complete(alice.connection.send(long))).rejects.toThrow(/policy-violation/);
    expect(alice.connection.isOnline).toBe(false);
  });
});
