import { isOmemoError, type OmemoIdentity } from "@omemo/core";
import { expect } from "vitest";
import type { LabAccount } from "../../harness/startServer.js";
import type { LiveDevice } from "../liveDevice.js";
import type { LiveStage } from "../liveStage.js";

/** Ids and keys that were offered before, and are not any more. */
function gone(
  before: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
): readonly (readonly [id: string, key: string])[] {
  return [...before].filter(([id, key]) => now.get(id) !== key);
}

/** Whom the sending waits for a decision about. */
async function undecidedOf(sending: Promise<unknown>): Promise<readonly OmemoIdentity[]> {
  const error: unknown = await sending.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isOmemoError(error) || error.code !== "undecided-identities") throw error;
  return error.identities ?? [];
}

/** Refuses until somebody decided; what is to be decided is what the other shows as its own. */
async function becomeFriends(alice: LiveDevice, bob: LiveDevice): Promise<void> {
  const undecided = await undecidedOf(alice.say(bob, "to a stranger"));
  expect(undecided.map(({ fingerprint }) => fingerprint)).toEqual([
    bob.manager.getOwnFingerprint(),
  ]);
  await alice.trust(bob);
  await bob.trust(alice);
  const [seen] = await bob.manager.getActiveFingerprints(alice.jid);
  expect(seen?.fingerprint).toBe(alice.manager.getOwnFingerprint());
}

/** The first message takes one pre-key of the recipient; after it, no bundle changes any more. */
export async function firstMessage(stage: LiveStage): Promise<void> {
  const [alice, bob] = await stage.startPair(false);
  expect(alice.deviceId).not.toBe(bob.deviceId);
  await becomeFriends(alice, bob);
  const before = { alice: await stage.offered(alice), bob: await stage.offered(bob) };

  const first = await alice.say(bob, "first");
  expect(first.intendedDevices.map(({ isKeyExchange }) => isKeyExchange)).toEqual([true]);
  await bob.hears("first");
  await Promise.all([alice.manager.idle(), bob.manager.idle()]);
  const after = { alice: await stage.offered(alice), bob: await stage.offered(bob) };
  expect(gone(before.bob, after.bob)).toHaveLength(1);
  expect(after.bob.size).toBe(before.bob.size);
  expect(after.alice).toEqual(before.alice);

  for (const turn of ["second", "third"]) {
    const reply = await bob.say(alice, `${turn} of bob`);
    expect(reply.intendedDevices.map(({ isKeyExchange }) => isKeyExchange)).toEqual([false]);
    await alice.hears(`${turn} of bob`);
    const answer = await alice.say(bob, `${turn} of alice`);
    expect(answer.intendedDevices.map(({ isKeyExchange }) => isKeyExchange)).toEqual([false]);
    await bob.hears(`${turn} of alice`);
  }
  await Promise.all([alice.manager.idle(), bob.manager.idle()]);
  expect(await stage.offered(alice)).toEqual(after.alice);
  expect(await stage.offered(bob)).toEqual(after.bob);
  expect([...alice.failures, ...bob.failures]).toEqual([]);
}

/** Both write before either has heard of the other: two sessions cross, and one remains. */
export async function firstBothAtOnce(stage: LiveStage): Promise<void> {
  const [alice, bob] = await stage.startPair(true);
  await Promise.all([alice.say(bob, "from alice"), bob.say(alice, "from bob")]);
  await Promise.all([alice.hears("from bob"), bob.hears("from alice")]);
  for (const turn of [1, 2, 3]) {
    await Promise.all([alice.say(bob, `alice ${turn}`), bob.say(alice, `bob ${turn}`)]);
    await Promise.all([alice.hears(`bob ${turn}`), bob.hears(`alice ${turn}`)]);
  }
  expect(alice.texts()).toEqual(["from bob", "bob 1", "bob 2", "bob 3"]);
  expect(bob.texts()).toEqual(["from alice", "alice 1", "alice 2", "alice 3"]);
  expect([...alice.failures, ...bob.failures]).toEqual([]);
}

/** Nobody is there to answer: every message repeats the key exchange, and one pre-key is taken. */
export async function firstToOffline(stage: LiveStage): Promise<void> {
  const [alice, bob] = await stage.startPair(true);
  const before = await stage.offered(bob);
  const deviceId = bob.deviceId;
  await bob.stop();
  for (const body of ["one", "two", "three"]) {
    const { intendedDevices } = await alice.say(bob, body);
    expect(intendedDevices.map(({ isKeyExchange }) => isKeyExchange)).toEqual([true]);
  }
  await bob.start();
  expect(bob.deviceId).toBe(deviceId);
  await bob.hears("three");
  await bob.manager.idle();
  expect(bob.texts()).toEqual(["one", "two", "three"]);
  expect(gone(before, await stage.offered(bob))).toHaveLength(1);
  await bob.say(alice, "here again");
  await alice.hears("here again");
  expect([...alice.failures, ...bob.failures]).toEqual([]);
}

/** Two strangers get the last pre-key of one who is offline; it stays until both were read. */
export async function firstFromTwo(stage: LiveStage): Promise<void> {
  const accounts = (await stage.addAccounts(3)) as [LabAccount, LabAccount, LabAccount];
  const alice = await stage.addDevice(accounts[0]);
  const carol = await stage.addDevice(accounts[1]);
  const bob = await stage.addDevice(accounts[2], { limits: { preKeyCount: 1 } });
  for (const device of [alice, carol, bob]) await device.start();
  expect((await stage.offered(bob)).size).toBe(1);
  for (const other of [alice, carol]) {
    await other.trust(bob);
    await bob.trust(other);
  }
  await bob.stop();
  await alice.say(bob, "from alice");
  await carol.say(bob, "from carol");
  await bob.start();
  await Promise.all([bob.hears("from alice"), bob.hears("from carol")]);
  for (const other of [alice, carol]) {
    await bob.say(other, `to ${other.jid}`);
    await other.hears(`to ${other.jid}`);
    await other.say(bob, `back from ${other.jid}`);
    await bob.hears(`back from ${other.jid}`);
  }
  expect([...alice.failures, ...bob.failures, ...carol.failures]).toEqual([]);
}
