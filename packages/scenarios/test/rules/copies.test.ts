import { isOmemoError, OMEMO_2 } from "@omemo/core";
import { GENERATION_NODE } from "@omemo/core/wire";
import { simulatedDisk } from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import { type Guest, party } from "../../src/network/party.js";
import {
  ALICE,
  BOB,
  expectNoKeyReused,
  FOLLOWED,
  type Scene,
  talking,
} from "../../src/network/talking.js";

const HOUR = 3_600_000;

describe("a copy beside the original", () => {
  async function copied(name: string): Promise<Scene & { readonly copy: Guest }> {
    const scene = await talking(OMEMO_2, name);
    const disk = simulatedDisk();
    disk.restore(scene.alice.device.disk.image());
    const copy = scene.guest(ALICE, "copy", { versions: [OMEMO_2], device: { disk } });
    await scene.settle();
    return { ...scene, copy };
  }

  const codeOf = (error: unknown): string => (isOmemoError(error) ? error.code : "none");

  it("is stopped, or stops the original, once one of them has moved on (invariant 9)", async () => {
    const { world, settle, alice, copy } = await copied("copy");
    const codes: string[] = [];
    for (const each of [alice, copy]) {
      const sending = each.manager.sendMessage(BOB, `from ${each.name}`);
      await world.complete(sending.catch((error: unknown) => codes.push(codeOf(error))));
      await settle();
      await world.runFor(FOLLOWED);
    }
    expect(codes).toEqual(["device-copied"]);
    const told = [...alice.rollbacks, ...copy.rollbacks];
    expect(told.filter(({ kind }) => kind === "copied")).toHaveLength(1);
    expectNoKeyReused(world);
  });

  it("sends at the same moment without using a key twice (invariant 1)", async () => {
    const { world, settle, alice, copy } = await copied("copy at once");
    for (let sent = 0; sent < 30; sent += 1) {
      const both = [alice, copy].map((each) => {
        return each.manager.sendMessage(BOB, `${each.name} ${sent}`).catch(() => undefined);
      });
      for (const each of both) await world.complete(each);
    }
    await settle();
    expectNoKeyReused(world);
  });

  it("gives way when the application takes over by hand", async () => {
    const { world, say, alice, bob, copy } = await copied("takeover");
    await say(copy, BOB, "copy");
    await world.runFor(FOLLOWED);
    copy.device.stop();
    await world.complete(alice.manager.rebuildSessions());
    await world.runFor(10_000);
    await world.complete(alice.manager.sendMessage(BOB, "original again"));
    await world.runFor(10_000);
    expect(alice.rollbacks).toMatchObject([{ kind: "copied" }, { kind: "requested" }]);
    expect(bob.texts.at(-1)).toBe("original again");
    expectNoKeyReused(world);
  });

  it("falls silent, although both are started again and again (invariant 10)", async () => {
    const { world, alice, copy } = await copied("quarrel");
    for (let round = 0; round < 12; round += 1) {
      for (const each of [alice, copy]) {
        each.device.crash();
        await world.runFor(10_000);
        const sending = each.manager.sendMessage(BOB, `${each.name} ${round}`);
        await world.complete(sending.catch(() => undefined));
      }
    }
    await world.runFor(HOUR);
    const { length } = world.network.log;
    await world.runFor(HOUR);
    const late = world.network.log.slice(length);
    expect(
      late.filter(({ kind, direction }) => kind === "message" && direction === "sent"),
    ).toEqual([]);
    expect(late.length).toBeLessThan(100);
    expectNoKeyReused(world);
  });
});

describe("two processes on one store", () => {
  it("are no copies of each other, however much both send (invariant 9)", async () => {
    const { world, guest, settle, alice, bob } = await talking(OMEMO_2, "tabs");
    const { disk } = alice.device;
    const tab = guest(ALICE, "tab", { versions: [OMEMO_2], device: { disk } });
    await settle();
    for (let sent = 0; sent < 40; sent += 1) {
      const both = [alice, tab].map((each) => {
        return each.manager.sendMessage(BOB, `${each.name} ${sent}`);
      });
      for (const each of both) await world.complete(each);
    }
    await world.runFor(FOLLOWED);
    tab.device.crash();
    await settle();
    expect([...alice.rollbacks, ...tab.rollbacks]).toEqual([]);
    expect([...alice.problems, ...tab.problems]).toEqual([]);
    expect(new Set(bob.texts).size).toBe(81);
    expectNoKeyReused(world);
  });
});

describe("a server that lies about the mirror", () => {
  it("cannot make us drop a session: old, foreign, forged or none at all", async () => {
    const { world, settle, say, alice, bob } = await talking(OMEMO_2, "lies");
    const { items } = world.network.account(ALICE).pep.nodes.get(GENERATION_NODE) ?? {};
    const [old] = [...(items?.values() ?? [])];
    const [foreign] = [
      ...(world.network.account(BOB).pep.nodes.get(GENERATION_NODE)?.items.values() ?? []),
    ];
    if (old === undefined || foreign === undefined) throw new RangeError("nothing was mirrored");
    await say(alice, BOB, "more");
    await world.runFor(FOLLOWED);
    const children = [String(old.children[0]).replace(/"number":\d+/, '"number":99')];
    const lies = [old, foreign, { ...old, children }, { ...old, name: "nonsense" }, undefined];
    for (const lie of lies) {
      world.network.behaviour = {
        item: ({ node, owner }, honest) =>
          node === GENERATION_NODE && owner === ALICE ? lie : honest,
      };
      alice.device.crash();
      await settle();
      await say(alice, BOB, "still here");
      await say(bob, ALICE, "still here");
    }
    expect(alice.rollbacks).toEqual([]);
    expect(bob.failures).toEqual([]);
    expect(alice.failures).toEqual([]);
    expectNoKeyReused(world);
  });

  it("is put up with, and told of, when it keeps none (invariant 12)", async () => {
    const scene = party("no mirror");
    const { world, settle, say } = scene;
    const { pep } = world.network.account(ALICE);
    const configure = pep.configure.bind(pep);
    pep.configure = (name, ...rest) => {
      if (name !== GENERATION_NODE) return configure(name, ...rest);
      throw Object.assign(new Error("forbidden"), {
        name: "OmemoError",
        code: "transport-failure",
      });
    };
    const alice = scene.guest(ALICE, "phone", { versions: [OMEMO_2] });
    const bob = scene.guest(BOB, "phone", { versions: [OMEMO_2] });
    await settle();
    await say(alice, BOB, "hello");
    expect(bob.texts).toEqual(["hello"]);
    expect(alice.problems.map(({ what }) => what)).toContain("generation");
    expectNoKeyReused(world);
  });

  it("learns nothing but numbers, and nobody else learns those", async () => {
    const { world } = await talking(OMEMO_2, "privacy");
    const node = world.network.account(ALICE).pep.nodes.get(GENERATION_NODE);
    expect(node?.access).toBe("whitelist");
    const [item] = [...(node?.items.values() ?? [])];
    expect(Object.keys(JSON.parse(String(item?.children[0])))).toEqual([
      "number",
      "nonce",
      "keyIds",
    ]);
  });
});
