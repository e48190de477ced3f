import { expect } from "vitest";
import type { LabDevice } from "../harness/labDevice.js";
import type { Side } from "../harness/pairing.js";
import type { Stage } from "../harness/stage.js";
import type { LabAccount } from "../harness/startServer.js";

async function startTwo(stage: Stage, side: Side, account: LabAccount) {
  const first = await stage.addDevice(side, account);
  const second = await stage.addDevice(side, account);
  await first.start();
  await second.start();
  await first.peer.waitForDevice(account.jid, second.peer.deviceId);
  await second.peer.waitForDevice(account.jid, first.peer.deviceId);
  return [first, second] as const;
}

async function reachAll(
  from: LabDevice,
  to: LabDevice,
  others: readonly LabDevice[],
): Promise<void> {
  const text = `to ${others.length} devices from ${from.jid}`;
  await from.send(to, text);
  await Promise.all(others.map((device) => device.waitForTexts([text])));
}

/** Two accounts of two devices: what one sends reaches both of the other account and its own. */
export async function twoDevicesEach(stage: Stage): Promise<void> {
  const { left, right } = stage.pairing;
  const [alice, bob] = (await stage.addAccounts(2)) as [LabAccount, LabAccount];
  const [left1, left2] = await startTwo(stage, left, alice);
  const [right1, right2] = await startTwo(stage, right, bob);
  await reachAll(left1, right1, [right1, right2, left2]);
  await reachAll(right2, left1, [left1, left2, right1]);
  for (const device of [left1, left2, right1, right2]) {
    expect(new Set(device.texts()).size).toBe(device.texts().length);
  }
}
