import { expect } from "vitest";
import { openBystander } from "../../harness/bystander.js";
import type { LabAccount } from "../../harness/startServer.js";
import type { LiveDevice } from "../liveDevice.js";
import type { LiveStage } from "../liveStage.js";

/** Pages from the newest to the oldest, until there are no more. */
async function readBackwards(device: LiveDevice): Promise<readonly string[]> {
  const kinds: string[] = [];
  let before = "";
  for (let isComplete = false; !isComplete; ) {
    const page = await device.manager.history.read({ before, pageSize: 4 });
    kinds.unshift(...page.items.map(({ kind }) => kind));
    isComplete = page.isComplete || page.first === undefined;
    before = page.first ?? "";
  }
  return kinds;
}

/** What only the archive has can be read in an order that nobody wrote it in, once. */
export async function readPagesBackwards(stage: LiveStage): Promise<void> {
  const [alice, bob] = await stage.startPair(true);
  await alice.say(bob, "live");
  await bob.hears("live");
  await bob.say(alice, "yes");
  await alice.hears("yes");
  await bob.stop();
  // Takes what is sent, so that the server keeps nothing for later but the archive.
  const bystander = await openBystander(stage.server, bob.account);
  const bodies = Array.from({ length: 9 }, (_, at) => `page ${at}`);
  for (const body of bodies) await alice.say(bob, body);
  await bystander.waitForMessages(bodies.length);
  await bystander.stop();
  await bob.start({ catchUp: false });
  // The server may have kept what the other client had not acknowledged when it left.
  const keptForLater = bob.texts().length - 1;
  await bob.manager.history.beginCatchUp();
  const kinds = await readBackwards(bob);
  await bob.manager.history.endCatchUp();
  expect(kinds.filter((kind) => kind === "message")).toHaveLength(bodies.length - keptForLater);
  expect(kinds).not.toContain("failure");
  expect([...bob.texts()].sort()).toEqual(["live", ...bodies].sort());
  const again = await readBackwards(bob);
  expect(again.filter((kind) => kind === "message" || kind === "failure")).toEqual([]);
  expect(again.filter((kind) => kind === "duplicate").length).toBeGreaterThan(bodies.length);
  await alice.say(bob, "and on");
  await bob.hears("and on");
}

/** What another own device sent comes as a carbon and from the archive, and is shown once. */
export async function seeOwnMessagesOnce(stage: LiveStage): Promise<void> {
  const [first, second] = (await stage.addAccounts(2)) as [LabAccount, LabAccount];
  const alice = await stage.addDevice(first);
  const phone = await stage.addDevice(second);
  const laptop = await stage.addDevice(second);
  for (const device of [alice, phone, laptop]) await device.start();
  await phone.trust(laptop);
  await laptop.trust(phone);
  for (const device of [phone, laptop]) await device.trust(alice);
  await phone.say(alice, "by carbon");
  const copy = await laptop.hears("by carbon");
  expect([copy.direction, copy.origin]).toEqual(["sent", "carbon-sent"]);
  await laptop.stop();
  await phone.say(alice, "while away");
  await laptop.forget("archive");
  await laptop.start();
  await laptop.hears("while away");
  await laptop.manager.idle();
  expect(laptop.texts()).toEqual(["by carbon", "while away"]);
  expect(laptop.failures).toEqual([]);
  expect(phone.texts()).toEqual([]);
}
