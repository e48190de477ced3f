import { bareJid, LEGACY, OMEMO_2, type OmemoVersion, type XmlElement } from "@omemo/core";
import { bundleNode, childOf, deviceListNode, namespaces, qualify } from "@omemo/core/wire";
import { seededRandom, syncWebCrypto, tamper, virtualClock } from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import { attacker, live } from "../../src/network/attacker.js";
import { party } from "../../src/network/party.js";
import {
  type ServedPerson,
  type ServedPersonOptions,
  servedPerson,
} from "../../src/network/servedPerson.js";
import { stanzaServer } from "../../src/network/stanzaServer.js";

const ALICE = "alice@example.org";
const BOB = "bob@example.org";
const MALLORY = "mallory@evil.example";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

async function scene(version: OmemoVersion, limits: ServedPersonOptions["limits"] = {}) {
  const server = stanzaServer();
  const clock = virtualClock();
  const crypto = syncWebCrypto(seededRandom("storm").bytes);
  const options = { clock, crypto, limits };
  const alice = servedPerson(server, `${ALICE}/a`, version, options);
  const bob = servedPerson(server, `${BOB}/b`, version, options);
  for (const { manager } of [alice, bob]) await clock.complete(manager.initialize());
  const settle = () => clock.complete(bob.manager.idle());
  const mallory = attacker(server, bob.manager.getOwnDevice(), version, crypto);
  return { server, clock, alice, bob, mallory, settle };
}

/** A message of Alice's in a session that both have, not told to Bob yet. */
async function inSession({ clock, alice, bob, settle }: Awaited<ReturnType<typeof scene>>) {
  const first = await clock.complete(alice.manager.encrypt(BOB, "first"));
  bob.tell(live(fromAlice(first.stanzas[0])));
  await settle();
  const answered = await clock.complete(bob.manager.encrypt(ALICE, "answer"));
  const back = answered.stanzas[0] as XmlElement;
  alice.tell(live({ ...back, attrs: { ...back.attrs, from: `${BOB}/b` } }));
  await clock.complete(alice.manager.idle());
  const { stanzas } = await clock.complete(alice.manager.encrypt(BOB, "known"));
  return fromAlice(stanzas[0]);
}

/** Records by collection. */
async function recordsOf({ store }: ServedPerson): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const collection of ["session", "session-part", "device", "exchange", "automatic", "todo"]) {
    counts[collection] = 0;
    for await (const _ of store.list([collection])) counts[collection] += 1;
  }
  return counts;
}

function withSender(stanza: XmlElement, sid: number): XmlElement {
  const text = JSON.stringify(stanza).replace(/"sid":"\d+"/, `"sid":"${sid}"`);
  return JSON.parse(text);
}

function publishesOf({ client, manager }: ServedPerson, version: OmemoVersion): number {
  const { node } = bundleNode(version, manager.getOwnDevice().deviceId);
  return client.written.filter((stanza) => {
    const pubsub = childOf(qualify(stanza), "pubsub", namespaces.pubsub);
    return (pubsub && childOf(pubsub, "publish"))?.attrs.node === node;
  }).length;
}

describe.each([
  ["OMEMO 2", OMEMO_2],
  ["the legacy version", LEGACY],
] as const)("a storm in %s", (_, version) => {
  it("of messages that wait is bounded, and what has no room is read from the archive (invariant 11)", async () => {
    const { clock, alice, bob, settle } = await scene(version, { maxQueue: 100 });
    const { stanzas } = await clock.complete(alice.manager.encrypt(BOB, "once"));
    const [stanza] = stanzas as readonly [XmlElement];
    const from = { ...stanza, attrs: { ...stanza.attrs, from: `${ALICE}/a` } };
    const written = bob.client.written.length;
    for (let count = 0; count < 2000; count += 1) bob.tell(live(from));
    await settle();
    expect(bob.heard).toEqual(["once"]);
    expect(bob.calls()).toBeLessThanOrEqual(2 * 100);
    const events = bob.failures.filter(({ reason }) => reason === "inbox-full");
    expect(events).toHaveLength(1900);
    const queries = bob.client.written.slice(written).filter((each) => {
      return childOf(qualify(each), "query", namespaces.archive) !== undefined;
    });
    expect(queries.length).toBeGreaterThan(0);
    expect(queries.length).toBeLessThan(10);
  });

  it("of first messages leaves few sessions, and publishes few bundles [O2-125, O2-134, L-54]", async () => {
    const limits = { maxRememberedExchanges: 20, maxBundlesPerMinute: 5 };
    const { clock, bob, mallory, settle } = await scene(version, limits);
    const identity = await mallory.newIdentity();
    const sender = { from: MALLORY, deviceId: 7, identity };
    const begun = clock.now();
    const before = publishesOf(bob, version);
    for (let count = 0; count < 40; count += 1) {
      bob.tell(await mallory.firstMessage(sender));
      await settle();
    }
    const minutes = (clock.now() - begun) / MINUTE;
    expect(publishesOf(bob, version) - before).toBeLessThanOrEqual(5 * (minutes + 1));
    expect(minutes).toBeGreaterThan(6);
    const records = await recordsOf(bob);
    expect(records).toMatchObject({ session: 1, device: 1, todo: 0 });
    expect(records.exchange).toBeLessThanOrEqual(21);
    expect(records["session-part"]).toBeLessThanOrEqual(45);
  });

  it("of ever new devices of one account ends at the bound of its devices [O2-25]", async () => {
    const { bob, mallory, settle } = await scene(version, { maxDevicesPerAccount: 6 });
    const identity = await mallory.newIdentity();
    for (let deviceId = 1; deviceId <= 20; deviceId += 1) {
      bob.tell(await mallory.firstMessage({ from: MALLORY, deviceId, identity }));
      await settle();
    }
    const records = await recordsOf(bob);
    expect(records).toMatchObject({ session: 6, device: 6 });
    expect(bob.failures.map(({ reason }) => reason)).toEqual(Array(14).fill("too-many-devices"));
  });

  it("of ever new keys of one device forgets the oldest with their sessions [O2-109]", async () => {
    const { bob, mallory, settle } = await scene(version);
    for (let count = 0; count < 15; count += 1) {
      const identity = await mallory.newIdentity();
      bob.tell(await mallory.firstMessage({ from: MALLORY, deviceId: 7, identity }));
      await settle();
    }
    expect(await recordsOf(bob)).toMatchObject({ session: 10, device: 1 });
  });

  it("of first messages of ever new accounts ends at the bound of a day (invariant 11)", async () => {
    const { clock, bob, mallory, settle } = await scene(version, { maxNewDevicesPerDay: 5 });
    const identity = await mallory.newIdentity();
    const begin = async (index: number) => {
      const from = `mallory-${index}@evil.example`;
      bob.tell(await mallory.firstMessage({ from, deviceId: 7, identity }));
      await settle();
    };
    for (let index = 0; index < 12; index += 1) await begin(index);
    expect(await recordsOf(bob)).toMatchObject({ session: 5, device: 5, todo: 0 });
    expect(bob.failures.map(({ reason }) => reason)).toEqual(Array(7).fill("too-many-devices"));
    await begin(0); // known already
    await clock.runFor(24 * HOUR);
    await begin(5);
    expect(await recordsOf(bob)).toMatchObject({ session: 6, device: 6 });
    expect(bob.failures).toHaveLength(7);
  });

  it("of pushed lists of ever new accounts keeps so many a day (invariant 11)", async () => {
    const { server, clock, bob, settle } = await scene(version, { maxNewListsPerDay: 8 });
    const known = async (): Promise<number> => {
      let count = 0;
      for await (const _ of bob.store.list(["device-list"])) count += 1;
      return count;
    };
    const node = deviceListNode(version);
    const payload = server.items.get(`${ALICE} ${node} current`);
    expect(payload).toBeDefined();
    const push = (account: string) => {
      bob.tell({ kind: "item", owner: bareJid(account), node, itemId: "current", payload });
    };
    const before = await known();
    for (let index = 0; index < 30; index += 1) push(`mallory-${index}@evil.example`);
    await settle();
    expect(await known()).toBe(before + 8);
    push(ALICE);
    await settle();
    expect(await known()).toBe(before + 8);
    await clock.runFor(6 * HOUR);
    push(ALICE);
    await settle();
    expect(await known()).toBe(before + 9);
    // What was not kept is fetched when it is needed.
    const { recipients } = await clock.complete(bob.manager.plan(ALICE));
    expect(recipients).toEqual([ALICE]);
  });

  it("of ever new accounts without session starts few repairs [O2-129, O2-131]", async () => {
    const all = await scene(version, { failureWindow: 10_000, maxStrangersRepaired: 3 });
    const { clock, bob, settle } = all;
    const known = await inSession(all);
    const before = await recordsOf(bob);
    const written = bob.client.written.length;
    for (let index = 0; index < 2000; index += 1) {
      const from = `mallory-${index}@evil.example/m`;
      bob.tell(live({ ...known, attrs: { ...known.attrs, from } }));
      if (index % 500 === 0) await settle();
    }
    await clock.runFor(MINUTE);
    const after = await recordsOf(bob);
    expect(after).toMatchObject({ session: before.session, device: before.device, todo: 0 });
    expect(after.automatic).toBe((before.automatic ?? 0) + 3 + 1);
    expect(bob.client.written.length - written).toBeLessThan(20);
    expect(bob.failures.length).toBeLessThanOrEqual(103);
    expect(sum(bob)).toBe(2000);
  });

  it("of messages under invented device ids starts nothing more than one repair [O2-131, L-77]", async () => {
    const all = await scene(version, { failureWindow: 10_000 });
    const { clock, bob, settle } = all;
    const known = await inSession(all);
    const before = await recordsOf(bob);
    const written = bob.client.written.length;
    for (let sid = 1; sid <= 2000; sid += 1) {
      bob.tell(live(withSender(known, sid)));
      if (sid % 500 === 0) await settle();
    }
    await clock.runFor(MINUTE);
    const after = await recordsOf(bob);
    expect(after).toMatchObject({ session: before.session, device: before.device, todo: 0 });
    // One for the account, and the count of all such accounts.
    expect(after.automatic).toBeLessThanOrEqual((before.automatic ?? 0) + 2);
    expect(bob.client.written.length - written).toBeLessThan(20);
    // A hundred devices are told apart; the other 1900 are summed up.
    expect(bob.failures.length).toBeLessThanOrEqual(103);
    expect(sum(bob)).toBe(2000);
    bob.tell(live(known));
    await settle();
    expect(bob.heard).toEqual(["first", "known"]);
  });
});

it("of 100 000 unreadable messages ends in silence and bounded memory, with one event per window (invariants 10 and 11)", async () => {
  const limits = { failureWindow: 10_000 };
  const { clock, alice, bob, settle } = await scene(OMEMO_2, limits);
  const { stanzas } = await clock.complete(alice.manager.encrypt(BOB, "readable"));
  const genuine = fromAlice(stanzas[0]);
  const notForUs = JSON.parse(
    JSON.stringify(genuine).replace(/"rid":"\d+"/g, '"rid":"1"'),
  ) as XmlElement;
  const malformed = JSON.parse(
    JSON.stringify(genuine).replace(/"name":"header"/g, '"name":"footer"'),
  ) as XmlElement;
  const storm = [notForUs, malformed, withSender(malformed, 5), withSender(notForUs, 5)].map(live);
  const before = await recordsOf(bob);
  const WINDOWS = 10;
  for (let window = 0; window < WINDOWS; window += 1) {
    for (let count = 0; count < 10_000; count += 1) {
      bob.tell(storm[count % storm.length] as (typeof storm)[number]);
      if (count % 2000 === 1999) await settle();
    }
    await clock.runFor(10_000);
  }
  await clock.runFor(MINUTE);
  expect(sum(bob)).toBe(100_000);
  // Two devices, and those whose header names none; for each the first, and one at the end of a window.
  expect(bob.failures.length).toBeLessThanOrEqual(3 * (WINDOWS + 2));
  for (const { earlier = [] } of bob.failures) expect(earlier.length).toBeLessThanOrEqual(50);
  expect(await recordsOf(bob)).toEqual(before);
  const { length } = bob.failures;
  await clock.runFor(HOUR);
  expect(bob.failures).toHaveLength(length);
  bob.tell(live(genuine));
  await settle();
  expect(bob.heard).toEqual(["readable"]);
});

describe.each([
  ["OMEMO 2", OMEMO_2],
  ["the legacy version", LEGACY],
] as const)("two who cannot read each other in %s", (_, version) => {
  it("fall silent, whatever both still say (invariant 10) [O2-131, O2-136, L-77]", async () => {
    const { world, guest, settle, say } = party(`ping-pong ${version}`);
    const alice = guest(ALICE, "phone", { versions: [version] });
    const bob = guest(BOB, "phone", { versions: [version] });
    await settle();
    await say(alice, BOB, "hello");
    await say(bob, ALICE, "hello");
    world.network.behaviour = tamper(spoilt);
    const { length } = world.network.log;
    for (let count = 0; count < 10; count += 1) {
      await say(alice, BOB, `unreadable ${count}`);
      await say(bob, ALICE, `unreadable ${count}`);
    }
    const sent = () =>
      world.network.log.slice(length).filter(({ direction, kind }) => {
        return direction === "sent" && kind === "message";
      }).length;
    // Twenty of theirs, and a handful of ours.
    expect(sent()).toBeLessThanOrEqual(20 + 8);
    const before = sent();
    await world.runFor(20 * HOUR);
    expect(sent()).toBe(before);
    expect(alice.failures.length).toBeGreaterThan(0);
    expect(bob.failures.length).toBeGreaterThan(0);
  });
});

/** The last bytes of each key, which are its tag. */
function spoilt(stanza: XmlElement): XmlElement {
  return JSON.parse(
    JSON.stringify(stanza).replace(/(\w{4})(=*"\]\})/g, (_, last: string, end: string) => {
      return `${last === "AAAA" ? "BBBB" : "AAAA"}${end}`;
    }),
  );
}

function fromAlice(stanza: XmlElement | undefined): XmlElement {
  if (stanza === undefined) throw new RangeError("nothing was encrypted");
  return { ...stanza, attrs: { ...stanza.attrs, from: `${ALICE}/a` } };
}

function sum({ failures }: ServedPerson): number {
  return failures.reduce((total, { count = 1 }) => total + count, 0);
}
