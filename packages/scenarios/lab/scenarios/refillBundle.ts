import { expect } from "vitest";
import type { LabDevice } from "../harness/labDevice.js";
import type { Stage } from "../harness/stage.js";
import type { LabAccount } from "../harness/startServer.js";

const contacts = 20;
/** So many clients start at a time; their messages still go one after the other. */
const startedTogether = 5;

/** Ids of pre-keys, each with its key. */
type PreKeys = ReadonlyMap<string, string>;

function* removed(before: PreKeys, now: PreKeys): Generator<readonly [id: string, key: string]> {
  for (const [id, key] of before) if (now.get(id) !== key) yield [id, key];
}

/** Asks the server until some key of `before` is gone from the bundle, and answers what it has now. */
async function readChange(read: () => Promise<PreKeys>, before: PreKeys): Promise<PreKeys> {
  for (const deadline = Date.now() + 45_000; Date.now() < deadline; ) {
    const now = await read();
    if (!removed(before, now).next().done) return now;
  }
  throw new Error("the bundle still offers the pre-key of the last first contact");
}

/** Clients of the left side, each used for one message and then ended. */
async function* firstContacts(
  stage: Stage,
  accounts: readonly LabAccount[],
): AsyncGenerator<LabDevice> {
  for (let start = 0; start < accounts.length; start += startedTogether) {
    const batch = accounts.slice(start, start + startedTogether);
    const { left } = stage.pairing;
    const devices = await Promise.all(batch.map((account) => stage.addDevice(left, account)));
    await Promise.all(devices.map((device) => device.start()));
    for (const device of devices) {
      yield device;
      await device.end();
    }
  }
}

/** Twenty accounts write to one: its bundle stays full, and never offers a pre-key again. */
export async function refillBundle(stage: Stage): Promise<void> {
  const { right, version } = stage.pairing;
  const [owner, ...others] = (await stage.addAccounts(contacts + 1)) as [LabAccount];
  const receiver = await stage.addDevice(right, owner);
  await receiver.start();
  const reader = await stage.openBundleReader();
  const read = () => reader.readPreKeys(receiver.jid, version, receiver.peer.deviceId);
  const used = new Map<string, string>();
  let offered = await read();
  for await (const contact of firstContacts(stage, others)) {
    await contact.send(receiver, `hello from ${contact.jid}`);
    await receiver.waitForTexts([`hello from ${contact.jid}`]);
    const now = await readChange(read, offered);
    for (const [id, key] of removed(offered, now)) used.set(key, id);
    expect([...now.values()].filter((key) => used.has(key))).toEqual([]);
    offered = now;
  }
  expect(used.size).toBe(contacts);
  expect(offered.size).toBeGreaterThanOrEqual(right.wantedPreKeys);
  const usedAgain = [...used.values()].filter((id) => offered.has(id));
  if (!right.reusesPreKeyIds) expect(usedAgain).toEqual([]);
}
