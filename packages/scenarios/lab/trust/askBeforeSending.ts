import { expect } from "vitest";
import type { Stage } from "../harness/stage.js";
import type { LabAccount } from "../harness/startServer.js";
import { DecidingDevice } from "./decidingDevice.js";

/**
 * A message waits while its sender is asked about each key, goes to the devices that he trusts, and
 * never again asks about them. One that nobody answers for is not sent.
 */
export async function askBeforeSending(stage: Stage): Promise<void> {
  const [juliet, romeo] = (await stage.addAccounts(2)) as [LabAccount, LabAccount];
  const writer = await DecidingDevice.start(stage, juliet, "--trust", "always-ask");
  const phone = await DecidingDevice.start(stage, romeo, "--trust", "blind");
  const laptop = await DecidingDevice.start(stage, romeo, "--trust", "blind");

  const levels = new Map([
    [phone.deviceId, "TRUSTED"],
    [laptop.deviceId, "DISTRUSTED"],
  ]);
  const sending = writer.send(phone, "to one of two");
  for (const question of [1, 2]) {
    const device = await writer.isAsked(question);
    await writer.command({ cmd: "answer", question, level: levels.get(device) });
  }
  await sending;
  await writer.device.peer.quit();
  await writer.device.start();
  await writer.reach([phone], "and nobody asks again");

  const tablet = await DecidingDevice.start(stage, romeo, "--trust", "blind");
  await writer.lookAt(tablet);
  const unsent = expect(writer.send(phone, "to three")).rejects.toThrow("undecided-identities");
  expect(await writer.isAsked(1)).toBe(tablet.deviceId);
  await writer.device.peer.quit();
  await unsent;

  expect(phone.device.texts()).toEqual(["to one of two", "and nobody asks again"]);
  for (const { device } of [laptop, tablet]) expect(device.texts()).toEqual([]);
}
