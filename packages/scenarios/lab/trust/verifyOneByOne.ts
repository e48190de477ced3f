import { expect } from "vitest";
import type { Stage } from "../harness/stage.js";
import type { LabAccount } from "../harness/startServer.js";
import { DecidingDevice } from "./decidingDevice.js";

/**
 * Blind trust before verification: the devices that an account has are trusted, until one of them
 * was compared. From then on each has to be, those known before and those that come.
 */
export async function verifyOneByOne(stage: Stage, versions: string): Promise<void> {
  const [juliet, romeo] = (await stage.addAccounts(2)) as [LabAccount, LabAccount];
  const start = (account: LabAccount, policy: string) =>
    DecidingDevice.start(stage, account, "--ns", versions, "--trust", policy);
  const writer = await start(juliet, "btbv");
  const phone = await start(romeo, "blind");
  const laptop = await start(romeo, "blind");

  await writer.reach([phone, laptop], "blindly");
  await expectForgeriesRefused(writer, phone, laptop);
  await writer.reach([phone, laptop], "still blindly");

  await writer.verify(phone);
  expect(await writer.reasonAbout(laptop)).toBe("account-has-compared-keys");
  expect(await writer.isKeptFromSending(phone, "with one key compared")).toEqual([laptop.deviceId]);
  await writer.verify(laptop);
  await writer.reach([phone, laptop], "with both compared");

  const tablet = await start(romeo, "blind");
  await writer.lookAt(tablet);
  expect(await writer.isKeptFromSending(phone, "with a new one")).toEqual([tablet.deviceId]);
  await writer.verify(tablet);
  await writer.reach([phone, laptop, tablet], "with all compared");

  const both = ["blindly", "still blindly", "with both compared", "with all compared"];
  for (const { device } of [phone, laptop]) expect(device.texts()).toEqual(both);
  expect(tablet.device.texts()).toEqual(["with all compared"]);
  for (const { device } of [phone, laptop, tablet]) expect(device.complaints()).toEqual([]);
}

/** Links with the wrong key, or about somebody else, decide nothing. */
async function expectForgeriesRefused(
  writer: DecidingDevice,
  phone: DecidingDevice,
  laptop: DecidingDevice,
): Promise<void> {
  const link = await laptop.link();
  const swapped = link.replace(`omemo-sid-${laptop.deviceId}`, `omemo-sid-${phone.deviceId}`);
  const verifying = writer.command({ cmd: "verify", jid: phone.jid, uri: swapped });
  await expect(verifying).rejects.toThrow("somebody may be in the middle");
  const ofOthers = writer.command({ cmd: "verify", jid: writer.jid, uri: link });
  await expect(ofOthers).rejects.toThrow(`about ${phone.jid}`);
  expect(await writer.reasonAbout(phone)).toBe("blind");
}
