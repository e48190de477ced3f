import { expect } from "vitest";
import type { LiveStage } from "../liveStage.js";

/** The server may have kept it for when we come, and in the archive: it is shown once. */
export async function catchUpOnce(stage: LiveStage): Promise<void> {
  const [alice, bob] = await stage.startPair(true);
  await alice.say(bob, "live");
  await bob.hears("live");
  await bob.stop();
  const bodies = Array.from({ length: 12 }, (_, at) => `archived ${at}`);
  for (const body of bodies) await alice.say(bob, body);
  await bob.start();
  await bob.hears(bodies.at(-1) ?? "");
  await bob.manager.idle();
  expect(bob.texts()).toEqual(["live", ...bodies]);
  expect(bob.failures).toEqual([]);
}

/** A device that forgot how far it had read finds all of it known. */
export async function readAgainAfterLoss(stage: LiveStage): Promise<void> {
  const [alice, bob] = await stage.startPair(true);
  for (const body of ["one", "two"]) {
    await alice.say(bob, body);
    await bob.hears(body);
    await bob.say(alice, `${body} indeed`);
    await alice.hears(`${body} indeed`);
  }
  for (const device of [alice, bob]) {
    await device.stop();
    await device.forget("archive");
    await device.start();
    await device.manager.idle();
  }
  expect(bob.texts()).toEqual(["one", "two"]);
  expect(alice.texts()).toEqual(["one indeed", "two indeed"]);
  expect([...alice.failures, ...bob.failures]).toEqual([]);
  await alice.say(bob, "three");
  await bob.hears("three");
}
