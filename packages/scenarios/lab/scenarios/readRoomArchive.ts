import { expect } from "vitest";
import type { Stage } from "../harness/stage.js";
import type { LabAccount } from "../harness/startServer.js";

/** A member who was away finds in the room's archive what was said, each of it once. */
export async function readRoomArchive(stage: Stage): Promise<void> {
  const { left, right } = stage.pairing;
  const [alice, bob, carol] = (await stage.addAccounts(3)) as [LabAccount, LabAccount, LabAccount];
  const maker = await stage.addDevice(left, alice);
  const member = await stage.addDevice(right, bob);
  const reader = await stage.addDevice(left, carol);
  for (const device of [maker, member, reader]) await device.start();
  const room = stage.roomAddress();
  await maker.peer.makeRoom(room, [member.jid, reader.jid]);
  for (const device of [member, reader]) await device.peer.enterRoom(room);
  await maker.peer.sendToRoom(room, "all are here");
  await member.waitForTexts(["all are here"]);
  await reader.waitForTexts(["all are here"]);
  await reader.peer.quit();
  for (const text of ["one is away", "still away"]) {
    await maker.peer.sendToRoom(room, text);
    await member.waitForTexts([text]);
  }
  await reader.start();
  await reader.peer.enterRoom(room);
  await reader.waitForTexts(["one is away", "still away"]);
  await maker.peer.sendToRoom(room, "back again");
  await reader.waitForTexts(["back again"]);
  expect(reader.texts()).toEqual(["all are here", "one is away", "still away", "back again"]);
}
