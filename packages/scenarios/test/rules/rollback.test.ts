import { LEGACY, OMEMO_2 } from "@omemo/core";
import { exportBackup, restoreBackup } from "@omemo/core/backup";
import { type CrashPlan, type CrashPoint, runEveryCrash, simulatedDisk } from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import { party } from "../../src/network/party.js";
import {
  ALICE,
  BOB,
  expectNoKeyReused,
  FOLLOWED,
  rollBack,
  talking,
} from "../../src/network/talking.js";

const CAROL = "carol@example.org";

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
      const hasFollowed = count > 25; // then a lease had run out, and the mirror was moved on
      expect(alice.rollbacks).toHaveLength(hasFollowed ? 1 : 0);
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

describe("prekeys of the newer state", () => {
  it("are answered with a new session by who lost them [O2-148]", async () => {
    const { world, guest, settle, say, alice } = await talking(OMEMO_2, "lost prekeys");
    const image = alice.device.disk.image();
    await world.complete(alice.manager.rotateSignedPreKey());
    await world.runFor(FOLLOWED);
    const carol = guest(CAROL, "phone", { versions: [OMEMO_2] });
    await settle();
    alice.device.connection?.goOffline();
    await world.runFor(1000);
    await world.complete(carol.manager.sendMessage(ALICE, "under lost keys"));
    rollBack(alice, image);
    await settle();
    await say(carol, ALICE, "in a session of hers");
    await say(carol, ALICE, "or the next");
    expect(alice.texts.at(-1)).toBe("or the next");
    expect(alice.failures.map(({ reason }) => reason)).toContain("no-signed-prekey");
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
