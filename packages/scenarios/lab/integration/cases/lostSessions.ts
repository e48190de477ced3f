import { expect } from "vitest";
import type { LiveDevice } from "../liveDevice.js";
import type { LiveStage } from "../liveStage.js";

async function talk(alice: LiveDevice, bob: LiveDevice, about: string): Promise<void> {
  await alice.say(bob, `${about}: question`);
  await bob.hears(`${about}: question`);
  await bob.say(alice, `${about}: answer`);
  await alice.hears(`${about}: answer`);
}

/** Talks until what either sends by itself, to complete a session say, has arrived. */
async function settle(alice: LiveDevice, bob: LiveDevice): Promise<void> {
  await talk(alice, bob, "here before");
  for (const [from, to] of [
    [bob, alice],
    [alice, bob],
  ] as const) {
    await from.manager.idle();
    await from.say(to, `the last of ${from.jid}`);
    await to.hears(`the last of ${from.jid}`);
  }
  await Promise.all([alice.manager.idle(), bob.manager.idle()]);
}

async function loseSessionsOf(device: LiveDevice): Promise<void> {
  await device.stop();
  await device.forget("session", "session-part");
  await device.start();
}

const reasonsOf = (device: LiveDevice) => device.failures.map(({ reason }) => reason);

/** What cannot be read is answered by an empty first message, and the next one is read. */
export async function loseSession(stage: LiveStage): Promise<void> {
  const [alice, bob] = await stage.startPair(true);
  await settle(alice, bob);
  await loseSessionsOf(bob);
  const known = alice.controls.length;
  await alice.say(bob, "unreadable");
  await bob.until("the failure", () => bob.failures[0]);
  expect(reasonsOf(bob)).toEqual(["no-session"]);
  await alice.until("the empty message", () => alice.controls[known]);
  await talk(alice, bob, "here after");
  expect(reasonsOf(alice)).toEqual([]);
}

/** Each answers what it cannot read once, and neither answers an answer for ever. */
export async function loseBothSessions(stage: LiveStage): Promise<void> {
  const [alice, bob] = await stage.startPair(true);
  await settle(alice, bob);
  await loseSessionsOf(alice);
  await loseSessionsOf(bob);
  await talk(alice, bob, "anew");
  await talk(bob, alice, "and back");
  await Promise.all([alice.manager.idle(), bob.manager.idle()]);
  expect(alice.controls.length + bob.controls.length).toBeLessThanOrEqual(4);
  expect([...alice.failures, ...bob.failures]).toEqual([]);
}

export async function replaceByHand(stage: LiveStage): Promise<void> {
  const [alice, bob] = await stage.startPair(true);
  await talk(alice, bob, "first session");
  for (const [one, other] of [
    [alice, bob],
    [bob, alice],
  ] as const) {
    const known = other.controls.length;
    await one.manager.replaceSession(other.manager.getOwnDevice());
    await other.until("the announcement", () => other.controls[known]);
    await talk(one, other, `replaced by ${one.jid}`);
  }
  expect([...alice.failures, ...bob.failures]).toEqual([]);
}
