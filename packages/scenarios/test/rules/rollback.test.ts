import { isOmemoError, LEGACY, OMEMO_2, type OmemoVersion } from "@omemo/core";
import { exportBackup, restoreBackup } from "@omemo/core/backup";
import { GENERATION_NODE } from "@omemo/core/wire";
import {
  type CrashPlan,
  type CrashPoint,
  observeKeys,
  reusedMessageKeys,
  runEveryCrash,
  type Simulation,
  simulatedDisk,
} from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import { type Guest, type Party, party } from "../../src/network/party.js";

const ALICE = "alice@example.org";
const BOB = "bob@example.org";
const HOUR = 3_600_000;

interface Scene extends Party {
  readonly alice: Guest;
  readonly bob: Guest;
}

/** Two who have talked, each with a session that both have answered. */
async function talking(version: OmemoVersion, name: string): Promise<Scene> {
  const scene = party(`${name} ${version}`);
  const alice = scene.guest(ALICE, "phone", { versions: [version] });
  const bob = scene.guest(BOB, "phone", { versions: [version] });
  await scene.settle();
  await scene.say(alice, BOB, "hello");
  await scene.say(bob, ALICE, "hello");
  return { ...scene, alice, bob };
}

/** Kills the process and puts an older state in place of the present one. */
function rollBack({ device }: Guest, image: ReturnType<Guest["device"]["disk"]["image"]>): void {
  device.crash();
  device.disk.restore(image);
}

function expectNoKeyReused({ network }: Simulation): void {
  const sightings = observeKeys(network.log);
  expect(sightings.length).toBeGreaterThan(0);
  expect(reusedMessageKeys(sightings)).toEqual([]);
}

/** Ms after which the mirror has followed whatever was sent. */
const FOLLOWED = 120_000;

describe.each([OMEMO_2, LEGACY] as const)("an older state of %s", (version) => {
  it.each([1, 2, 3, 5, 24, 25, 26, 30])(
    "is noticed after %i more messages, and everybody can talk again [O2-148]",
    async (count) => {
      const scene = await talking(version, `rolled back ${count}`);
      const { world, say, settle, alice, bob } = scene;
      const image = alice.device.disk.image();
      for (let sent = 0; sent < count; sent += 1) await say(alice, BOB, `lost ${sent}`);
      await world.runFor(FOLLOWED);
      const before = { ...alice.omemo, fingerprint: alice.manager.getOwnFingerprint() };
      rollBack(alice, image);
      await settle();
      expect(alice.rollbacks).toMatchObject([{ kind: "rolled-back", isRepeated: false }]);
      await say(alice, BOB, "from the older one");
      await say(bob, ALICE, "to the older one");
      expect(bob.texts.at(-1)).toBe("from the older one");
      expect(alice.texts.at(-1)).toBe("to the older one");
      expect({ ...alice.omemo, fingerprint: alice.manager.getOwnFingerprint() }).toEqual(before);
      expect(bob.identities.filter(({ isChangedKey }) => isChangedKey)).toEqual([]);
      expectNoKeyReused(world);
    },
  );

  it.each([1, 2, 3, 5, 10, 24, 25, 26, 40])(
    "uses no key twice when %i messages went too fast for anybody to notice (invariant 1)",
    async (count) => {
      const scene = await talking(version, `too fast ${count}`);
      const { world, settle, alice, bob } = scene;
      const image = alice.device.disk.image();
      for (let sent = 0; sent < count; sent += 1) {
        await world.complete(alice.manager.sendMessage(BOB, `lost ${sent}`));
      }
      rollBack(alice, image);
      await settle();
      for (let sent = 0; sent < 60; sent += 1) {
        await world.complete(alice.manager.sendMessage(BOB, `again ${sent}`));
      }
      await settle();
      expect(bob.texts.filter((text) => text?.startsWith("again"))).toHaveLength(60);
      expectNoKeyReused(world);
    },
  );

  it("uses no key twice, however often it is put back (invariant 1)", async () => {
    const scene = await talking(version, "put back");
    const { world, settle, alice, bob } = scene;
    const images = [alice.device.disk.image()];
    for (let round = 0; round < 12; round += 1) {
      const sends = (round * 7) % 4;
      for (let sent = 0; sent < sends; sent += 1) {
        await world.complete(alice.manager.sendMessage(BOB, `${round} ${sent}`));
      }
      images.push(alice.device.disk.image());
      const image = images[(round * 5) % images.length];
      if (round % 2 === 0 && image !== undefined) rollBack(alice, image);
      else alice.device.crash();
      await settle();
    }
    await world.complete(alice.manager.sendMessage(BOB, "the end"));
    await settle();
    expect(bob.texts.at(-1)).toBe("the end");
    expectNoKeyReused(world);
  });

  it("says which messages to its dead sessions cannot be read (invariant 12)", async () => {
    const { world, settle, say, alice, bob } = await talking(version, "dead sessions");
    const image = alice.device.disk.image();
    await say(alice, BOB, "lost");
    await world.runFor(FOLLOWED);
    alice.device.connection?.goOffline();
    const sending = bob.manager.sendMessage(ALICE, "to the dead session");
    await world.complete(sending);
    rollBack(alice, image);
    await settle();
    const outcome = [...alice.texts, ...alice.failures.map(({ reason }) => reason)];
    const told = outcome.some((each) => each === "to the dead session" || each === "no-session");
    expect(told || outcome.includes("not-authentic")).toBe(true);
    await say(bob, ALICE, "to the new one");
    expect(alice.texts.at(-1)).toBe("to the new one");
    expect(alice.rollbacks).toHaveLength(1);
  });

  it("gives out no key id again that the newer one gave out [O2-39e, L-20]", async () => {
    const { world, settle, say, alice } = await talking(version, "key ids");
    const published = (): readonly string[] => {
      const { nodes } = world.network.account(ALICE).pep;
      const items = [...nodes].filter(([name]) => name.includes("bundles"));
      const text = JSON.stringify(items.map(([, node]) => [...node.items.values()]));
      return [...text.matchAll(/"(?:preKeyId|id|signedPreKeyId)":"(\d+)"/g)].map(([id]) => id);
    };
    const image = alice.device.disk.image();
    await world.complete(alice.manager.rotateSignedPreKey());
    await say(alice, BOB, "lost");
    await world.runFor(FOLLOWED);
    const before = new Set(published());
    rollBack(alice, image);
    await settle();
    const after = published();
    expect(after.length).toBeGreaterThan(10);
    expect(after.filter((id) => before.has(id))).toEqual([]);
  });
});

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

describe("a restored backup", () => {
  it("keeps identity, device and trust, and can talk at once [O2-148, O2-39e]", async () => {
    const { world, settle, say, alice, bob } = await talking(OMEMO_2, "backup");
    const [identity] = await world.complete(alice.manager.getActiveFingerprints(BOB));
    if (identity === undefined) throw new RangeError("no device of bob is known");
    await world.complete(alice.manager.distrustOmemoIdentity(identity));
    const backup = await exportBackup(alice.device.disk.open(), "secret", { cost: 14 });
    await world.complete(alice.manager.trustOmemoIdentity(identity));
    await say(alice, BOB, "after the backup");
    const { omemo } = alice;
    const fingerprint = alice.manager.getOwnFingerprint();
    alice.device.crash();
    const disk = simulatedDisk();
    const restored = await restoreBackup(backup, "secret", disk.open());
    expect(restored).toMatchObject({ kind: "opened", device: omemo });
    alice.device.disk.restore(disk.image());
    await settle();
    expect([alice.omemo, alice.manager.getOwnFingerprint()]).toEqual([omemo, fingerprint]);
    expect(alice.rollbacks).toMatchObject([{ kind: "restored" }]);
    expect(await world.complete(alice.manager.getTrust([identity]))).toEqual(["untrusted"]);
    await world.complete(alice.manager.trustOmemoIdentity(identity));
    await say(alice, BOB, "from the restored one");
    await say(bob, ALICE, "to the restored one");
    expect(bob.texts.at(-1)).toBe("from the restored one");
    expect(alice.texts.at(-1)).toBe("to the restored one");
    expect(bob.identities.filter(({ isChangedKey }) => isChangedKey)).toEqual([]);
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

/** What a crash can leave half done; all the other awaits too when OMEMO_EVERY_AWAIT is set. */
const isTried = ({ operation }: CrashPoint): boolean =>
  process.env.OMEMO_EVERY_AWAIT !== undefined ||
  ["commit", "publishItem", "send"].includes(operation);

describe("recovering", () => {
  it("goes on after a crash at any step, and nothing is lost or used twice (invariant 1)", async () => {
    const runs = await runEveryCrash({ only: isTried }, async (plan) => {
      const scene = party("crash in recovery");
      const { world, settle, say } = scene;
      const bob = scene.guest(BOB, "phone", { versions: [OMEMO_2] });
      // The life after the restored image is the one that may end at any await.
      let isRecovering = true;
      const crashes: CrashPlan = (point) =>
        isRecovering ? plan({ ...point, life: point.life - 1 }) : undefined;
      const device = { crashes, restartAfter: [200, 500] as const };
      const alice = scene.guest(ALICE, "phone", { versions: [OMEMO_2], device });
      await settle();
      await say(alice, BOB, "hello");
      const image = alice.device.disk.image();
      await say(alice, BOB, "lost");
      await world.runFor(FOLLOWED);
      rollBack(alice, image);
      await settle();
      await world.runFor(FOLLOWED);
      isRecovering = false;
      await say(alice, BOB, "from the older one");
      await say(bob, ALICE, "to the older one");
      expect(bob.texts.at(-1)).toBe("from the older one");
      expect(alice.texts.at(-1)).toBe("to the older one");
      expect(alice.rollbacks.length).toBeGreaterThan(0);
      expect(alice.device.disk.records().filter(({ key }) => key[0] === "recovery")).toEqual([]);
      expectNoKeyReused(world);
    });
    expect(runs).toBeGreaterThan(20);
  });
});
