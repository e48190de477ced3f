import { expect } from "vitest";
import type { LabDevice } from "../harness/labDevice.js";
import type { Stage } from "../harness/stage.js";
import type { LabAccount } from "../harness/startServer.js";

async function sayTo(
  from: LabDevice,
  room: string,
  body: string,
  readers: readonly LabDevice[],
): Promise<void> {
  await from.peer.sendToRoom(room, body);
  await Promise.all(readers.map((reader) => reader.waitForTexts([body])));
}

/** Who makes the room speaks first; the third member comes in when some of it was said. */
export async function speakInRoom(stage: Stage): Promise<void> {
  const { left, right } = stage.pairing;
  const [alice, bob, carol] = (await stage.addAccounts(3)) as [LabAccount, LabAccount, LabAccount];
  const maker = await stage.addDevice(left, alice);
  const member = await stage.addDevice(right, bob);
  const third = await stage.addDevice(left, carol);
  for (const device of [maker, member, third]) await device.start();
  const room = stage.roomAddress();
  await maker.peer.makeRoom(room, [member.jid, third.jid]);
  await member.peer.enterRoom(room);
  await sayTo(maker, room, "from who made the room: Grüße 😀 <&>", [member]);
  await sayTo(member, room, "from a member", [maker]);
  await third.peer.enterRoom(room);
  await sayTo(third, room, "from the one who came late", [maker, member]);
  await sayTo(member, room, "to both of them", [maker, third]);
  await sayTo(maker, room, "to both members", [member, third]);
  // What was said before may have come from the room's archive.
  const texts = third.texts();
  expect(texts).toEqual(expect.arrayContaining(["to both of them", "to both members"]));
  expect(new Set(texts).size).toBe(texts.length);
}
