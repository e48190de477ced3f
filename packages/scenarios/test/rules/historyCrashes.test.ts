import type { OmemoVersion } from "@omemo/core";
import {
  type CrashPlan,
  type CrashPoint,
  countingBackend,
  messageKeys,
  runEveryCrash,
  simulatedDisk,
} from "@omemo/testkit";
import { expect, it } from "vitest";
import { deliverNothing, keptPreKeys } from "../../src/network/archives.js";
import { type Guest, type GuestOptions, party } from "../../src/network/party.js";
import { ALICE, BOB, CAROL, ROOM, VERSIONS } from "../../src/network/roomScene.js";

const TEXTS = ["from Alice", "from Carol", "in the room"];

/**
 * Bob's archive holds two first messages that name his only prekey, the room's archive one more. His
 * phone reads them in a process that dies as the plan says, and in the next one.
 */
async function readAndDie(version: OmemoVersion, plan: CrashPlan): Promise<void> {
  const at = party();
  const keys = messageKeys();
  const options: GuestOptions = {
    versions: [version],
    backend: (randomBytes) => countingBackend({ keys, randomBytes }),
  };
  const disk = simulatedDisk();
  const bobs: GuestOptions = { ...options, limits: { preKeyCount: 1 } };
  at.world.network.createRoom(ROOM, { [ALICE]: "owner", [BOB]: "member", [CAROL]: "member" });
  const alice = at.guest(ALICE, "phone", options);
  const carol = at.guest(CAROL, "phone", options);
  const earlier = at.guest(BOB, "earlier", { ...bobs, device: { disk } });
  await at.settle();
  await alice.enter(ROOM, "Ally");
  await at.world.runFor(5000);
  earlier.device.stop();
  deliverNothing(at, BOB);
  await at.world.complete(alice.manager.sendMessage(BOB, "from Alice"));
  await at.world.complete(carol.manager.sendMessage(BOB, "from Carol"));
  await at.world.complete(alice.manager.sendRoomMessage(ROOM, "in the room"));
  const phase = { isReading: false, isOver: false };
  const crashes: CrashPlan = (point) => {
    phase.isReading ||= point.operation === "fetchArchive";
    return phase.isReading && !phase.isOver ? plan(point) : undefined;
  };
  const device = { disk, crashes, restartAfter: [300, 300] } as const;
  const bob = at.guest(BOB, "phone", { ...bobs, device });
  await at.world.run(() => bob.isReady());
  await at.world.runFor(5000);
  // Twice, because a room has to be entered anew after a crash.
  for (const _ of [1, 2]) {
    await bob.enter(ROOM, "Bobby");
    await at.world.runFor(10_000);
  }
  phase.isOver = true;
  expectReadOnce(bob);
  expect([keptPreKeys(bob), bob.manager.history.isCatchingUp]).toEqual([[], false]);
  for (const guest of [alice, carol]) expect(guest.controls.length).toBeGreaterThan(0);
  await at.world.complete(bob.manager.sendMessage(ALICE, "and on"));
  await at.world.runFor(5000);
  expect(alice.texts).toEqual(["and on"]);
  expect([keys.used > 0, keys.reused]).toEqual([true, []]);
}

function expectReadOnce(bob: Guest): void {
  expect([...new Set(bob.texts)].sort()).toEqual(TEXTS);
  expect(new Set(bob.messages.map(({ id }) => id)).size).toBe(TEXTS.length);
  const isUnmarked = bob.messages.filter(({ isRedelivery }) => !isRedelivery);
  expect(isUnmarked.length).toBeLessThanOrEqual(TEXTS.length);
  expect(bob.failures).toEqual([]);
}

/** What a crash can leave half done; all the other awaits too when OMEMO_EVERY_AWAIT is set. */
const isTried = ({ operation }: CrashPoint): boolean =>
  process.env.OMEMO_EVERY_AWAIT !== undefined || ["commit", "fetchArchive"].includes(operation);

it.each(VERSIONS)(
  "a process that dies inside a catch-up in %s loses and doubles nothing [O2-145, MAM-08]",
  { timeout: 240_000 },
  async (_, version) => {
    const runs = await runEveryCrash({ only: isTried }, (plan) => readAndDie(version, plan));
    expect(runs).toBeGreaterThan(20);
  },
);
