import { bareJid, fingerprint } from "@omemo/core";
import { serialize } from "@omemo/core/wire";
import { writeTrustMessage } from "@omemo/trust/atm";
import { expect } from "vitest";
import type { Stage } from "../harness/stage.js";
import type { LabAccount } from "../harness/startServer.js";
import { DecidingDevice } from "./decidingDevice.js";

/** Two devices of one account, and two of its contacts, all under automatic trust management. */
interface Household {
  readonly phone: DecidingDevice;
  readonly laptop: DecidingDevice;
  readonly romeo: DecidingDevice;
  readonly mercutio: DecidingDevice;
}

/**
 * What one device compared by hand the other knows: as soon as it compared that device, and when it
 * was offline, as soon as it is back; so with distrust. What a contact says of somebody else's key
 * counts for nothing.
 */
export async function shareDecisions(stage: Stage): Promise<void> {
  const household = await moveIn(stage);
  const { phone, laptop, romeo, mercutio } = household;

  await phone.verify(laptop);
  await phone.verify(romeo);
  await laptop.keepsForLater(phone);
  expect(await laptop.reasonAbout(romeo)).toBe("blind");
  await laptop.verify(phone);
  await laptop.hearsOf(romeo, "AUTHENTICATED");
  expect(await laptop.reasonAbout(romeo)).toBe("vouched-for");
  await laptop.reach([romeo, phone], "over a key that the phone compared");

  await vouchFalsely(household);

  await laptop.device.peer.quit();
  await phone.verify(mercutio);
  await laptop.device.start();
  await laptop.hearsOf(mercutio, "AUTHENTICATED");
  expect(await laptop.reasonAbout(mercutio)).toBe("vouched-for");
  await laptop.reach([mercutio, phone], "caught up");

  for (const { device } of Object.values(household)) expect(device.complaints()).toEqual([]);
  const said = ["over a key that the phone compared", "whom to believe?", "caught up"];
  expect(phone.device.texts()).toEqual(said);
  expect(romeo.device.texts()).toEqual(said.slice(0, 1));

  await phone.command({ cmd: "distrust", jid: romeo.jid, key: await romeo.key() });
  await laptop.hearsOf(romeo, "DISTRUSTED");
  await expect(laptop.send(romeo, "to a lost phone")).rejects.toThrow("no-recipient-devices");
}

/** The two own devices see the keys of each other and of the contacts; nobody compared any. */
async function moveIn(stage: Stage): Promise<Household> {
  const accounts = (await stage.addAccounts(3)) as [LabAccount, LabAccount, LabAccount];
  const [juliet, ...others] = accounts;
  const phone = await DecidingDevice.start(stage, juliet, "--trust", "atm");
  const laptop = await DecidingDevice.start(stage, juliet, "--trust", "atm");
  const romeo = await DecidingDevice.start(stage, others[0], "--trust", "atm");
  const mercutio = await DecidingDevice.start(stage, others[1], "--trust", "atm");
  for (const own of [phone, laptop]) {
    for (const other of [phone, romeo, mercutio]) await own.lookAt(other);
  }
  return { phone, laptop, romeo, mercutio };
}

/** A contact whose own key is authenticated says that he authenticated another contact's key. */
async function vouchFalsely({ phone, laptop, romeo, mercutio }: Household): Promise<void> {
  const key = { jid: bareJid(mercutio.jid), fingerprint: fingerprint(await mercutio.key()) };
  const content = serialize(writeTrustMessage([{ ...key, verdict: "trust" }]));
  await romeo.command({ cmd: "send", to: phone.jid, content });
  await Promise.all([phone, laptop].map((own) => own.passesOver(romeo, "not-theirs")));
  await romeo.reach([phone, laptop], "whom to believe?");
  for (const own of [phone, laptop]) expect(await own.reasonAbout(mercutio)).toBe("blind");
}
