import type { OmemoVersion } from "@omemo/core";
import { observeKeys, reusedMessageKeys, type Simulation } from "@omemo/testkit";
import { expect } from "vitest";
import { type Guest, type Party, party } from "./party.js";

export const ALICE = "alice@example.org";
export const BOB = "bob@example.org";

export interface Scene extends Party {
  readonly alice: Guest;
  readonly bob: Guest;
}

/** Two who have talked, each with a session that both have answered. */
export async function talking(version: OmemoVersion, name: string): Promise<Scene> {
  const scene = party(`${name} ${version}`);
  const alice = scene.guest(ALICE, "phone", { versions: [version] });
  const bob = scene.guest(BOB, "phone", { versions: [version] });
  await scene.settle();
  await scene.say(alice, BOB, "hello");
  await scene.say(bob, ALICE, "hello");
  await scene.world.runFor(FOLLOWED);
  return { ...scene, alice, bob };
}

/** Kills the process and puts an older state in place of the present one. */
export function rollBack(
  { device }: Guest,
  image: ReturnType<Guest["device"]["disk"]["image"]>,
): void {
  device.crash();
  device.disk.restore(image);
}

export function expectNoKeyReused({ network }: Simulation): void {
  const sightings = observeKeys(network.log);
  expect(sightings.length).toBeGreaterThan(0);
  expect(reusedMessageKeys(sightings)).toEqual([]);
}

/** Ms after which the mirror has followed whatever was sent. */
export const FOLLOWED = 120_000;
