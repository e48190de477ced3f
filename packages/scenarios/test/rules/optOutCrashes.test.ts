import { OMEMO_2 } from "@omemo/core";
import { type CrashPlan, type CrashPoint, crashAt } from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import { type GuestOptions, party } from "../../src/network/party.js";

const ALICE = "alice@example.org";
const BOB = "bob@example.org";
const OPTIONS: GuestOptions = { versions: [OMEMO_2], limits: { preKeyCount: 3 } };

type Dying = "asks" | "is asked";

/** Alice asks Bob for plaintext, and one of them dies as planned. */
async function askForPlaintext(dying: Dying, crashes?: CrashPlan) {
  const scene = party();
  const device = { ...(crashes && { crashes }), restartAfter: [300, 300] as const };
  const alice = scene.guest(ALICE, "phone", { ...OPTIONS, ...(dying === "asks" && { device }) });
  const bob = scene.guest(BOB, "phone", { ...OPTIONS, ...(dying === "is asked" && { device }) });
  const victim = dying === "asks" ? alice : bob;
  await scene.settle();
  await scene.say(alice, BOB, "hello");
  await scene.say(bob, ALICE, "hello");
  const from = victim.device.points;
  const { length } = scene.world.network.log;
  // Never answered when the process dies meanwhile.
  alice.manager.optOut.request(BOB).catch(() => undefined);
  await scene.world.runFor(10_000);
  await scene.settle();
  const { complete } = scene.world;
  const states = {
    alice: await complete(alice.manager.optOut.get(BOB)),
    bob: await complete(bob.manager.optOut.get(ALICE)),
  };
  const asked = scene.world.network.log.slice(length).some(({ account, direction, kind }) => {
    return account === ALICE && direction === "sent" && kind === "message";
  });
  return { alice, bob, victim, states, from, asked };
}

/** Where something leaves or becomes durable while Alice asks. */
async function pointsOf(dying: Dying): Promise<readonly number[]> {
  const seen: CrashPoint[] = [];
  const { states, from } = await askForPlaintext(dying, (point) => {
    seen.push(point);
    return undefined;
  });
  expect(states).toMatchObject({ alice: { state: "plain" }, bob: { state: "blocked" } });
  const matters = ({ operation }: CrashPoint) => operation === "commit" || operation === "send";
  return seen.filter((point) => point.index >= from && matters(point)).map(({ index }) => index);
}

describe.each(["asks", "is asked"] as const)("who %s for plaintext", (dying) => {
  it.each(["before", "after"] as const)(
    "and dies %s anything leaves or is kept is blocked when asked, and plain only where it asked [O2-166] (invariants 1, 2 and 4)",
    async (moment) => {
      const points = await pointsOf(dying);
      expect(points.length).toBeGreaterThan(1);
      for (const index of points) {
        const run = await askForPlaintext(dying, crashAt(index, moment));
        const context = `died ${moment} point ${index}`;
        expect(run.victim.device.lives, context).toBe(2);
        if (dying === "is asked") expect(run.states.bob?.state, context).toBe("blocked");
        else expect(run.asked || run.states.alice === undefined, context).toBe(true);
        expect([...run.alice.failures, ...run.bob.failures], context).toEqual([]);
      }
    },
  );
});
