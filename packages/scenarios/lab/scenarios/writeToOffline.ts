import type { LabDevice } from "../harness/labDevice.js";
import type { Stage } from "../harness/stage.js";

async function writeFirst(from: LabDevice, to: LabDevice): Promise<void> {
  await to.start();
  await to.peer.quit();
  await from.start();
  await from.send(to, "while you were out");
  await to.start();
  await to.waitForTexts(["while you were out"]);
  await to.send(from, "here again");
  await from.waitForTexts(["here again"]);
}

/** The first message between two accounts waits at the server for its receiver. */
export async function writeToOffline(stage: Stage): Promise<void> {
  const [left, offlineRight] = await stage.addPair();
  await writeFirst(left, offlineRight);
  const [offlineLeft, right] = await stage.addPair();
  await writeFirst(right, offlineLeft);
}
