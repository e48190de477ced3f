import { bareJid, deviceId, LEGACY, OMEMO_2 } from "@omemo/core";
import { bundleNode, deviceListNode, xml } from "@omemo/core/wire";
import { describe, expect, it } from "vitest";
import {
  addDevice,
  combineLies,
  hideDevice,
  replayOld,
  type ServerBehaviour,
  seededRandom,
  shuffleArchive,
  swapBundle,
  tamper,
  withhold,
} from "../../src/index.js";
import { chat, join, OPEN, STORE, world } from "./clients.js";

const ALICE = bareJid("alice@a.example");
const MALLORY = bareJid("mallory@a.example");

const list = (version: typeof OMEMO_2 | typeof LEGACY, ...ids: number[]) =>
  xml(
    version === OMEMO_2 ? "devices" : "list",
    { xmlns: version },
    ...ids.map((id) => xml("device", { xmlns: version, id: `${id}` })),
  );

async function scene(behaviour: ServerBehaviour = {}) {
  const nodes = [deviceListNode(OMEMO_2), deviceListNode(LEGACY)];
  const sim = world();
  sim.network.befriend(ALICE, "bob@b.example");
  const alice = await join(sim, ALICE, "r", { nodes });
  const bob = await join(sim, "bob@b.example", "r", { nodes });
  sim.network.behaviour = behaviour;
  return { sim, alice, bob };
}

const archived = (text: string) => {
  const stanza = chat("bob@b.example", text);
  return { ...stanza, children: [...stanza.children, STORE] };
};

describe("a lying server", () => {
  it("hides and adds devices in both versions, in events and answers", async () => {
    const lie = combineLies(hideDevice(ALICE, 1), addDevice(ALICE, 666));
    const { sim, alice, bob } = await scene(lie);
    for (const version of [OMEMO_2, LEGACY] as const) {
      const node = deviceListNode(version);
      await sim.complete(alice.connection.publishItem(node, "current", list(version, 1, 2), OPEN));
      const item = await sim.complete(bob.connection.fetchItem(ALICE, node));
      expect(item).toEqual(list(version, 2, 666));
      await sim.clock.runFor(1000);
      expect(bob.events.at(-1)).toMatchObject({ payload: list(version, 2, 666) });
      sim.network.behaviour = {};
      expect(await sim.complete(bob.connection.fetchItem(ALICE, node))).toEqual(
        list(version, 1, 2),
      );
      sim.network.behaviour = lie;
    }
  });

  it("leaves other nodes and other accounts alone", async () => {
    const { sim, bob } = await scene(addDevice(ALICE, 666));
    const node = deviceListNode(OMEMO_2);
    const own = bareJid("bob@b.example");
    await sim.complete(bob.connection.publishItem(node, "current", list(OMEMO_2, 5), OPEN));
    await sim.complete(bob.connection.publishItem("other", "1", xml("x"), OPEN));
    expect(await sim.complete(bob.connection.fetchItem(own, node))).toEqual(list(OMEMO_2, 5));
    expect(await sim.complete(bob.connection.fetchItem(own, "other"))).toEqual(xml("x"));
  });

  it("gives the attacker's bundle for the victim's", async () => {
    const { sim, alice, bob } = await scene();
    const mallory = await join(sim, MALLORY);
    const victim = { jid: ALICE, deviceId: deviceId(1) };
    const attacker = { jid: MALLORY, deviceId: deviceId(666) };
    const publishers = [
      [alice.connection, victim, "honest"],
      [alice.connection, { jid: ALICE, deviceId: deviceId(2) }, "second"],
      [mallory.connection, attacker, "forged"],
    ] as const;
    for (const version of [OMEMO_2, LEGACY]) {
      for (const [connection, device, text] of publishers) {
        const { node, itemId } = bundleNode(version, device.deviceId);
        const payload = xml("bundle", {}, text);
        const options = { access: "open", maxItems: "max" } as const;
        await sim.complete(connection.publishItem(node, itemId, payload, options));
      }
      const fetch = (id: 1 | 2) => {
        const { node, itemId } = bundleNode(version, deviceId(id));
        return sim.complete(bob.connection.fetchItem(ALICE, node, itemId));
      };
      sim.network.behaviour = swapBundle(sim.network, victim, attacker);
      expect((await fetch(1))?.children).toEqual(["forged"]);
      expect((await fetch(2))?.children).toEqual(["second"]);
    }
  });

  it("changes messages, live and archived", async () => {
    const lie = tamper((stanza) => ({ ...stanza, children: [xml("body", {}, "changed")] }));
    const { sim, alice, bob } = await scene(lie);
    await alice.send(archived("honest"));
    await sim.clock.runFor(1000);
    expect(bob.heard.at(-1)).toBe("live changed");
    const page = await sim.complete(bob.connection.fetchArchive({ pageSize: 5 }));
    expect(page.messages[0]?.stanza.children).toEqual([xml("body", {}, "changed")]);
  });

  it("keeps messages back, live and archived", async () => {
    const lie = withhold((stanza) => JSON.stringify(stanza).includes("secret"));
    const { sim, alice, bob } = await scene(lie);
    await alice.send(archived("secret"));
    await alice.send(archived("other"));
    await sim.clock.runFor(1000);
    expect(bob.heard.slice(1)).toEqual(["live other"]);
    const page = await sim.complete(bob.connection.fetchArchive({ pageSize: 5 }));
    expect(page.messages.length).toBe(1);
  });

  it("sends old messages again", async () => {
    const { sim, alice, bob } = await scene(replayOld(seededRandom(1), 1));
    for (const text of ["1", "2", "3"]) await alice.send(archived(text));
    await sim.clock.runFor(1000);
    const heard = bob.heard.slice(1);
    expect(heard.length).toBe(5);
    expect(heard.slice(0, 3)).toEqual(["live 1", "live 2", "live 1"]);
  });

  it("tells archive pages in another order, and of the same messages", async () => {
    const { sim, alice } = await scene(shuffleArchive(seededRandom(3)));
    for (const text of ["1", "2", "3", "4", "5"]) await alice.send(archived(text));
    const page = await sim.complete(alice.connection.fetchArchive({ pageSize: 50 }));
    const ids = page.messages.map(({ archiveId }) => archiveId ?? "");
    const inOrder = [...ids].sort();
    expect(ids).not.toEqual(inOrder);
    expect([page.first, page.last]).toEqual([inOrder[0], inOrder.at(-1)]);
    expect(ids).toHaveLength(5);
  });

  it("answers what it likes about ids, members and archives", async () => {
    const { sim, alice } = await scene({
      itemIds: (_request, honest) => [...honest, "invented"],
      members: (_room, _by, honest) => [...honest, MALLORY],
      archive: (_query, _by, honest) => ({ ...honest, isComplete: false }),
    });
    const room = sim.network.createRoom("room@rooms.a.example", { [ALICE]: "owner" });
    expect(await sim.complete(alice.connection.fetchItemIds(ALICE, "n"))).toEqual(["invented"]);
    expect(await sim.complete(alice.connection.fetchMembers(room.jid))).toEqual([ALICE, MALLORY]);
    const page = await sim.complete(alice.connection.fetchArchive({ pageSize: 5 }));
    expect(page.isComplete).toBe(false);
    sim.network.behaviour = combineLies(sim.network.behaviour, {
      itemIds: (_request, told) => told.slice(1),
      members: (_room, _by, told) => told.slice(1),
      archive: (_query, _by, told) => ({ ...told, last: "forged" }),
    });
    expect(await sim.complete(alice.connection.fetchItemIds(ALICE, "n"))).toEqual([]);
    expect(await sim.complete(alice.connection.fetchMembers(room.jid))).toEqual([MALLORY]);
    const forged = await sim.complete(alice.connection.fetchArchive({ pageSize: 5 }));
    expect([forged.isComplete, forged.last]).toEqual([false, "forged"]);
  });
});
