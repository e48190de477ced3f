import { expect } from "vitest";
import type { LabDevice } from "../harness/labDevice.js";
import type { Stage } from "../harness/stage.js";

async function killUnderFire(receiver: LabDevice, sender: LabDevice): Promise<void> {
  const texts = Array.from({ length: 40 }, (_, index) => `under fire ${index + 1}`);
  const sending = Promise.all(texts.map((text) => sender.send(receiver, text)));
  await receiver.waitForTexts(["under fire 10"]);
  await receiver.peer.kill();
  await sending;
  await receiver.start();
  await sender.send(receiver, "cease fire");
  await receiver.waitForTexts([...texts, "cease fire"]);
  expect([...receiver.texts()].sort()).toEqual([...texts, "cease fire"].sort());
}

/** SIGKILL hits our client while messages arrive: each of them is delivered exactly once. */
export async function killWhileReceiving(stage: Stage): Promise<void> {
  const { left, right } = stage.pairing;
  if (left.survivesKill) {
    const [receiver, sender] = await stage.startPair();
    await killUnderFire(receiver, sender);
  }
  if (right.survivesKill) {
    const [sender, receiver] = await stage.startPair();
    await killUnderFire(receiver, sender);
  }
}
