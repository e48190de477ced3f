import { isOmemoError } from "@omemo/core";
import { expect } from "vitest";
import type { LiveDevice } from "../liveDevice.js";
import type { LiveStage } from "../liveStage.js";

const BOUND = 5;
const AT_MOST = { maxUnanswered: BOUND, maxUnansweredLegacy: BOUND };

async function sayAndHear(from: LiveDevice, to: LiveDevice, body: string): Promise<void> {
  await from.say(to, body);
  await to.hears(body);
}

/** Five messages pass without an answer; the sixth is not encrypted for the device, and says why. */
export async function leaveSilentDevice(stage: LiveStage): Promise<void> {
  const [alice, bob] = await stage.startPair(true, { limits: AT_MOST });
  await sayAndHear(alice, bob, "hello");
  await sayAndHear(bob, alice, "hello to you");
  for (let count = 1; count <= BOUND; count += 1)
    await sayAndHear(alice, bob, `unanswered ${count}`);
  const error: unknown = await alice.say(bob, "too many").then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isOmemoError(error)) throw error;
  expect(error.code).toBe("no-recipient-devices");
  const { devices } = await alice.manager.plan(bob.jid);
  const entry = devices.find(({ device }) => device.jid === bob.jid);
  expect(entry).toMatchObject({ action: "skip", reason: "stale" });
  await sayAndHear(bob, alice, "still here");
  await sayAndHear(alice, bob, "good to know");
  expect(bob.texts()).not.toContain("too many");
}

/** Who only listens says by himself that he is there, before he is given up. */
export async function hearHeartbeat(stage: LiveStage): Promise<void> {
  const limits = { ...AT_MOST, heartbeatCounter: BOUND - 2 };
  const [alice, bob] = await stage.startPair(true, { limits });
  await sayAndHear(alice, bob, "hello");
  await sayAndHear(bob, alice, "hello to you");
  const before = alice.controls.length;
  for (let count = 1; count <= 3 * BOUND; count += 1) {
    const known = alice.controls.length;
    const [info] = await alice.manager.getDevicesOf(bob.jid);
    // By now it is on its way: it follows the fourth message of a chain, the fifth is the last.
    if (info?.unanswered === BOUND - 1)
      await alice.until("a heartbeat", () => alice.controls[known]);
    const { intendedDevices } = await alice.say(bob, `unanswered ${count}`);
    expect(intendedDevices).toHaveLength(1);
    await bob.hears(`unanswered ${count}`);
    await bob.manager.idle();
  }
  expect(alice.controls.length - before).toBeGreaterThanOrEqual(3);
  expect([...alice.failures, ...bob.failures]).toEqual([]);
}
