import { expect } from "vitest";
import type { LabDevice } from "../harness/labDevice.js";
import { bothWays } from "../harness/pairing.js";
import type { Stage } from "../harness/stage.js";

async function burst(from: LabDevice, to: LabDevice): Promise<void> {
  const before = to.texts().length;
  const texts = Array.from({ length: 100 }, (_, index) => `burst ${index + 1}`);
  await Promise.all(texts.map((text) => from.send(to, text)));
  // The stream keeps its order: after this one no late repetition can come.
  await from.send(to, "end of the burst");
  await to.waitForTexts(["end of the burst"]);
  expect(to.texts().slice(before).sort()).toEqual([...texts, "end of the burst"].sort());
}

/** A hundred messages without waiting, first as first contact and then as answers. */
export async function sendBurst(stage: Stage): Promise<void> {
  const [left, right] = await stage.startPair();
  for (const [from, to] of bothWays(left, right)) await burst(from, to);
}
