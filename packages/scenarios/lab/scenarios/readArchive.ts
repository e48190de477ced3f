import { expect } from "vitest";
import type { Stage } from "../harness/stage.js";

/**
 * While ours is away another client of its account is there: the server gives that one everything
 * and keeps nothing for later, so that only the archive has it.
 */
export async function readArchive(stage: Stage): Promise<void> {
  const [ours, other] = await stage.startPair();
  await other.send(ours, "here before");
  await ours.waitForTexts(["here before"]);
  await ours.peer.quit();
  const bystander = await stage.openBystander(ours);
  const missed = ["missed 1", "missed 2", "missed 3"];
  for (const text of missed) await other.send(ours, text);
  await bystander.waitForMessages(missed.length);
  await ours.start();
  await ours.waitForTexts(missed);
  expect(ours.texts()).toEqual(["here before", ...missed]);
  await ours.send(other, "caught up");
  await other.waitForTexts(["caught up"]);
}
