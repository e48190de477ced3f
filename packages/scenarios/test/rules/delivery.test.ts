import { LEGACY, OMEMO_2 } from "@omemo/core";
import { countingBackend, crashAt, messageKeys, simulatedDisk } from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import { type GuestOptions, party } from "../../src/network/party.js";

const ALICE = "alice@example.org";
const BOB = "bob@example.org";
/** With many seeds, as in CI, all of what is long is tried. */
const isThorough = process.env.OMEMO_SEEDS !== undefined;

describe("a decrypted message (invariant 2)", () => {
  it("comes again after a restart when its listener failed, under the same id", async () => {
    const { guest, settle, say } = party();
    let isBroken = true;
    const alice = guest(ALICE);
    const bob = guest(BOB, "phone", {
      onMessage: () => {
        if (isBroken) throw new Error("the application's database is full");
      },
    });
    await settle();
    await say(alice, BOB, "hello");
    isBroken = false;
    bob.device.crash();
    await settle();
    expect(bob.messages.map(({ body, isRedelivery }) => [body, isRedelivery])).toEqual([
      ["hello", false],
      ["hello", true],
    ]);
    expect(new Set(bob.messages.map(({ id }) => id)).size).toBe(1);
    bob.device.crash();
    await settle();
    expect(bob.messages).toHaveLength(2);
  });

  it("is left alone by another process on the store once it was taken over", async () => {
    const { guest, settle, say, world } = party();
    const alice = guest(ALICE);
    const disk = simulatedDisk();
    const handling = { ms: 60_000 };
    const onMessage: GuestOptions["onMessage"] = (_, { clock }) => clock.sleep(handling.ms);
    const bob = guest(BOB, "phone", { device: { disk }, onMessage });
    await settle();
    await say(alice, BOB, "one");
    await say(alice, BOB, "two");
    const tab = guest(BOB, "tab", { device: { disk }, onMessage });
    await settle();
    await world.runFor(5 * 60_000);
    const all = [...bob.messages, ...tab.messages];
    const unmarked = all.filter(({ isRedelivery }) => !isRedelivery);
    expect(unmarked.map(({ body }) => body).sort()).toEqual(["one", "two"]);
    expect(disk.records().filter(({ key }) => key[0] === "inbox")).toEqual([]);
  });

  it("waits for a listener, however late it comes", async () => {
    const { guest, settle, say, world } = party();
    const alice = guest(ALICE);
    const bob = guest(BOB, "phone", { isDeaf: true });
    await settle();
    await say(alice, BOB, "hello");
    const late: (string | undefined)[] = [];
    bob.manager.on("message", ({ body, isRedelivery }) => {
      expect(isRedelivery).toBe(false);
      late.push(body);
    });
    await world.runFor(1000);
    expect(late).toEqual(["hello"]);
  });

  it("is refused without a trace when too many wait already (invariant 11)", async () => {
    const { guest, settle, say } = party();
    const alice = guest(ALICE);
    const bob = guest(BOB, "phone", { isDeaf: true, limits: { maxInbox: 2 } });
    await settle();
    for (const text of ["one", "two", "three"]) await say(alice, BOB, text);
    expect(bob.failures.map(({ reason }) => reason)).toEqual(["inbox-full"]);
    const waiting = bob.device.disk.records().filter(({ key }) => key[0] === "inbox");
    expect(waiting).toHaveLength(2);
  });

  it("is read although the disk failed for a while", async () => {
    const { guest, settle, say, world } = party();
    const alice = guest(ALICE);
    const bob = guest(BOB);
    await settle();
    bob.device.disk.setFaults({ commit: () => "before" });
    const saying = world.complete(alice.manager.sendMessage(BOB, "hello"));
    await saying;
    await world.runFor(5000);
    expect(bob.texts).toEqual([]);
    bob.device.disk.setFaults();
    await settle();
    expect(bob.texts).toEqual(["hello"]);
    await say(bob, ALICE, "got it");
    expect(alice.texts).toEqual(["got it"]);
  });

  it("arrives when it was sent before we were online, and before anything was initialized", async () => {
    const { world, guest, settle, say } = party();
    const alice = guest(ALICE);
    const bob = guest(BOB);
    await settle();
    bob.device.stop();
    await world.runFor(1000);
    await world.complete(alice.manager.sendMessage(BOB, "while you were out"));
    await world.runFor(5000);
    bob.start();
    await settle();
    expect(bob.texts).toEqual(["while you were out"]);
    await say(bob, ALICE, "back");
    expect(alice.texts).toEqual(["back"]);
  });
});

describe("what was missed", () => {
  it("comes from the archive: the process died with it in its hands [MAM-04, MAM-05, MAM-08]", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE);
    const tablet = guest(BOB, "tablet");
    let isAlive = true;
    const phone = guest(BOB, "phone", {
      device: {
        crashes: ({ port }) => (!isAlive && port === "store" ? "before" : undefined),
        restartAfter: [20_000, 20_000],
      },
    });
    await settle();
    isAlive = false;
    const texts = Array.from({ length: 70 }, (_, index) => `message ${index}`);
    for (const text of texts) await world.complete(alice.manager.sendMessage(BOB, text));
    await world.runFor(10_000);
    expect(phone.texts).toEqual([]);
    isAlive = true;
    await settle();
    expect(phone.device.lives).toBe(2);
    expect(phone.texts).toEqual(texts);
    expect(tablet.texts).toEqual(texts);
    expect([...phone.failures, ...tablet.failures]).toEqual([]);
  });

  // As many as a ratchet may not be ahead at once, where there is time.
  const missed = isThorough ? 1050 : 150;
  it(`is read whole and in order: ${missed} messages [MAM-04, MAM-05]`, async () => {
    const { world, guest, settle } = party();
    const keys = messageKeys();
    const options: GuestOptions = {
      versions: [OMEMO_2],
      backend: (randomBytes) => countingBackend({ keys, randomBytes }),
      limits: { maxUnanswered: Number.POSITIVE_INFINITY },
    };
    const alice = guest(ALICE, "phone", options);
    const bob = guest(BOB, "phone", options);
    await settle();
    bob.device.stop();
    const { archive } = world.network.account(BOB);
    const texts = Array.from({ length: missed }, (_, index) => `message ${index}`);
    for (const text of texts) {
      const { stanzas } = await world.complete(alice.manager.encrypt(BOB, text));
      for (const stanza of stanzas) {
        const attrs = { ...stanza.attrs, from: `${ALICE}/phone` };
        archive.add(world.clock.now(), { ...stanza, attrs });
      }
    }
    bob.start();
    await settle();
    expect([bob.texts, bob.failures, keys.reused]).toEqual([texts, [], []]);
  });

  it("is asked for from where it was left, not from the beginning [MAM-08]", async () => {
    const { world, guest, settle, say } = party();
    const alice = guest(ALICE);
    const bob = guest(BOB);
    await settle();
    for (const text of ["one", "two", "three"]) await say(alice, BOB, text);
    bob.device.crash();
    await settle();
    const { length } = world.network.log;
    bob.device.crash();
    await settle();
    const pages = world.network.log.slice(length).filter(({ account, direction, kind }) => {
      return account === BOB && direction === "sent" && kind === "fetchArchive";
    });
    // Nothing new by id; by time, in case the archive has dropped the id without a word.
    expect(pages).toHaveLength(2);
    expect(bob.texts).toEqual(["one", "two", "three"]);
  });
});

/** Awaits of a phone in the whole life that the scenario below gives it. */
async function pointsOf(options: GuestOptions): Promise<number> {
  const { guest, settle, say } = party();
  const alice = guest(ALICE, "phone", options);
  const bob = guest(BOB, "phone", options);
  await settle();
  await say(alice, BOB, "hello");
  await say(bob, ALICE, "hi");
  return Math.max(alice.device.points, bob.device.points);
}

describe.each([
  { version: OMEMO_2, first: 0 },
  { version: LEGACY, first: 1 },
] as const)("a process that dies, in $version", ({ version, first }) => {
  const keys = messageKeys();
  const options: GuestOptions = {
    versions: [version],
    limits: { preKeyCount: 3 },
    backend: (randomBytes) => countingBackend({ keys, randomBytes }),
  };

  // Unless it is thorough, each version tries every other await, and both together all of them.
  const [start, step] = isThorough ? [0, 1] : [first, 2];

  it.each(["before", "after"] as const)(
    "%s any single await loses and doubles nothing (invariants 1 and 2)",
    { timeout: 240_000 },
    async (moment) => {
      const points = await pointsOf(options);
      expect(points).toBeGreaterThan(50);
      for (let index = start; index < points; index += step) {
        await surviveDeathAt(index, moment, options);
      }
    },
  );
});

async function surviveDeathAt(
  index: number,
  moment: "before" | "after",
  options: GuestOptions,
): Promise<void> {
  const { world, guest, settle } = party(`${moment} ${index}`);
  const crashes = crashAt(index, moment);
  const alice = guest(ALICE, "phone", options);
  const bob = guest(BOB, "phone", { ...options, device: { crashes, restartAfter: [300, 300] } });
  await world.run(() => alice.isReady() && bob.isReady());
  await world.runFor(5000);
  await world.complete(alice.manager.sendMessage(BOB, "hello"));
  await settle();
  // Never answered when the process dies meanwhile.
  bob.manager.sendMessage(ALICE, "hi").catch(() => undefined);
  await settle();
  const heard = new Set(bob.texts);
  const lives = bob.device.lives;
  const context = `died ${moment} point ${index}, ${lives} lives`;
  expect(heard.has("hello") || wasOnTheWay(world, bob.name), context).toBe(true);
  for (const [position, message] of bob.messages.entries()) {
    if (position > 0) expect(message.isRedelivery, context).toBe(true);
  }
  expect(alice.failures, context).toEqual([]);
  expect(bob.failures, context).toEqual([]);
  await world.complete(alice.manager.sendMessage(BOB, "and on"));
  await settle();
  await world.complete(bob.manager.sendMessage(ALICE, "and back"));
  await settle();
  expect(bob.texts.at(-1), context).toBe("and on");
  expect(alice.texts.at(-1), context).toBe("and back");
}

/** The process died with the message in its hands, before it was decrypted: that is the network's loss. */
function wasOnTheWay(world: ReturnType<typeof party>["world"], name: string): boolean {
  return world.devices.find((device) => device.name === name)?.lives === 2;
}
