import { expect } from "vitest";
import type { LabDevice } from "../harness/labDevice.js";
import { bothWays } from "../harness/pairing.js";
import type { Stage } from "../harness/stage.js";

async function killAndGoOn(killed: LabDevice, other: LabDevice, round: number): Promise<void> {
  await killed.send(other, `${round}: just before the end`);
  // Others call a message sent that they have not written yet.
  if (!killed.side.survivesKill) await other.waitForTexts([`${round}: just before the end`]);
  await killed.peer.kill();
  await other.send(killed, `${round}: to one that is gone`);
  await killed.start();
  await killed.waitForTexts([`${round}: to one that is gone`]);
  await killed.send(other, `${round}: after the restart`);
  await other.waitForTexts([`${round}: just before the end`, `${round}: after the restart`]);
  await other.send(killed, `${round}: to one that came back`);
  await killed.waitForTexts([`${round}: to one that came back`]);
}

/** Each side is killed by SIGKILL in a running conversation, and goes on from what it had saved. */
export async function restartInTheMiddle(stage: Stage): Promise<void> {
  const [left, right] = await stage.startPair();
  for (const [round, [killed, other]] of bothWays(left, right).entries()) {
    await killed.send(other, `${round}: hello`);
    await other.waitForTexts([`${round}: hello`]);
    await other.send(killed, `${round}: hello to you`);
    await killed.waitForTexts([`${round}: hello to you`]);
    await killAndGoOn(killed, other, round);
  }
  for (const device of [left, right])
    expect(new Set(device.texts()).size).toBe(device.texts().length);
}
