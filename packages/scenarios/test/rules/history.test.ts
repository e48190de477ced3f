import type { OmemoStore } from "@omemo/core";
import { simulatedDisk } from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import {
  bundlesPublished,
  deliver,
  deliverNothing,
  keptPreKeys,
  readPage,
  toldBy,
} from "../../src/network/archives.js";
import { type Guest, type GuestOptions, type Party, party } from "../../src/network/party.js";
import { ALICE, BOB, CAROL, rejection, VERSIONS } from "../../src/network/roomScene.js";
import { expectNoKeyReused } from "../../src/network/talking.js";

interface Strangers {
  readonly at: Party;
  readonly alice: Guest;
  readonly bob: Guest;
  readonly carol: Guest;
}

/** Alice and Carol write to Bob for the first time; he has one prekey, and finds it all in his archive. */
async function strangers(options: GuestOptions, bobs: GuestOptions = {}): Promise<Strangers> {
  const at = party();
  const alice = at.guest(ALICE, "phone", options);
  const carol = at.guest(CAROL, "phone", options);
  const bob = at.guest(BOB, "phone", {
    ...options,
    catchUp: false,
    ...bobs,
    limits: { preKeyCount: 1, ...bobs.limits },
  });
  await at.settle();
  deliverNothing(at, BOB);
  await at.say(alice, BOB, "from Alice");
  await at.say(carol, BOB, "from Carol");
  deliver(at);
  return { at, alice, bob, carol };
}

describe.each(VERSIONS)("a catch-up in %s", (_, version) => {
  const options: GuestOptions = { versions: [version] };

  it("reads two first messages that name one prekey [O2-141, L-69]", async () => {
    const { at, bob } = await strangers(options);
    await at.world.complete(bob.manager.history.beginCatchUp());
    expect(toldBy(await readPage(at, bob))).toEqual(["from Alice", "from Carol"]);
    expect(keptPreKeys(bob)).toEqual(["1"]);
    await at.world.complete(bob.manager.history.endCatchUp());
    expect(keptPreKeys(bob)).toEqual([]);
    const other = await strangers(options);
    const pages = [
      await readPage(other.at, other.bob, { pageSize: 1 }),
      await readPage(other.at, other.bob, { pageSize: 1, before: "" }),
    ];
    // Each page is a catch-up of its own.
    expect(pages.map(toldBy)).toEqual([["from Alice"], ["no-prekey"]]);
  });

  it("publishes the bundle once and sends one empty message a new session, at its end [O2-127, O2-142, O2-144, L-70, L-72]", async () => {
    const { at, alice, bob, carol } = await strangers(options);
    const { log } = at.world.network;
    await at.world.complete(bob.manager.history.beginCatchUp());
    const before = bundlesPublished(log, BOB);
    await readPage(at, bob);
    await at.settle();
    expect(bob.manager.history.isCatchingUp).toBe(true);
    expect([alice.controls.length, carol.controls.length]).toEqual([0, 0]);
    expect(bundlesPublished(log, BOB)).toBe(before);
    await at.world.complete(bob.manager.history.endCatchUp());
    await at.settle();
    expect(bob.manager.history.isCatchingUp).toBe(false);
    expect([alice.controls.length, carol.controls.length]).toEqual([1, 1]);
    expect(bundlesPublished(log, BOB)).toBe(before + 1);
    await at.say(bob, ALICE, "hello");
    expect(alice.texts).toEqual(["hello"]);
    expectNoKeyReused(at.world);
  });

  it("survives a crash, with what it keeps [O2-145]", async () => {
    const { at, alice, bob } = await strangers(options);
    await at.world.complete(bob.manager.history.beginCatchUp());
    await readPage(at, bob, { pageSize: 1 });
    await at.settle();
    bob.device.crash();
    await at.settle();
    expect(bob.device.lives).toBe(2);
    expect(bob.manager.history.isCatchingUp).toBe(true);
    expect(alice.controls).toEqual([]);
    expect(toldBy(await readPage(at, bob))).toEqual(["duplicate", "from Carol"]);
    await at.world.complete(bob.manager.history.endCatchUp());
    await at.settle();
    expect(alice.controls.length).toBe(1);
    bob.device.crash();
    await at.settle();
    expect(bob.manager.history.isCatchingUp).toBe(false);
    expect(bob.texts).toEqual(["from Alice", "from Carol"]);
  });

  it("ends by itself when the application does not end it, also after restarts [O2-145]", async () => {
    const period = 10 * 60_000;
    const { at, alice, bob } = await strangers(options, { limits: { catchUpPeriod: period } });
    await at.world.complete(bob.manager.history.beginCatchUp());
    await readPage(at, bob);
    await at.world.runFor(period / 2);
    bob.device.crash();
    await at.settle();
    expect(bob.manager.history.isCatchingUp).toBe(true);
    await at.world.runFor(period / 2);
    await at.settle();
    expect(bob.manager.history.isCatchingUp).toBe(false);
    expect(bob.problems).toMatchObject([
      { what: "catch-up", willRetry: false, error: { code: "aborted" } },
    ]);
    expect([keptPreKeys(bob), alice.controls.length]).toEqual([[], 1]);
  });

  it("lets no content into a session before its ratchet has moved [O2-142, O2-145a, L-70, L-74a]", async () => {
    const { at, alice, bob } = await strangers(options);
    await at.world.complete(bob.manager.history.beginCatchUp());
    await readPage(at, bob);
    await at.say(bob, ALICE, "an answer");
    await at.say(bob, ALICE, "another");
    const stanzas = at.world.network.log.filter(({ account, direction, kind, stanza }) => {
      const isToAlice = stanza?.attrs.to === ALICE;
      return account === BOB && direction === "sent" && kind === "message" && isToAlice;
    });
    expect(stanzas.length).toBe(3);
    expect([alice.controls.length, alice.texts]).toEqual([1, ["an answer", "another"]]);
    await at.world.complete(bob.manager.history.endCatchUp());
    await at.settle();
    // The answer that was due has gone.
    expect(alice.controls.length).toBe(1);
  });

  it("is begun and ended by itself on a new stream, before anything that came meanwhile [MAM-04, MAM-06, O2-141, O2-144]", async () => {
    const { at, alice, bob, carol } = await strangers(options, { catchUp: true });
    const before = bundlesPublished(at.world.network.log, BOB);
    bob.device.crash();
    await at.settle();
    expect(bob.texts).toEqual(["from Alice", "from Carol"]);
    expect([alice.controls.length, carol.controls.length, keptPreKeys(bob)]).toEqual([1, 1, []]);
    expect(bundlesPublished(at.world.network.log, BOB)).toBe(before + 1);
    expect([bob.failures, bob.problems, bob.manager.history.isCatchingUp]).toEqual([[], [], false]);
  });

  it("reads live messages at once, also those that the archive has not come to [MAM-06]", async () => {
    const { at, alice, bob } = await strangers(options);
    await at.world.complete(bob.manager.history.beginCatchUp());
    await at.say(alice, BOB, "live");
    expect([bob.texts, alice.controls]).toEqual([["live"], []]);
    // One more than the archive held when it was asked.
    const told = toldBy(await readPage(at, bob));
    expect(told).toEqual(["from Alice", "from Carol", "duplicate"]);
    await at.world.complete(bob.manager.history.endCatchUp());
    await at.settle();
    expect(alice.controls.length).toBe(1);
  });

  it("is waited for by `idle`, with what it hands over", async () => {
    const onMessage: GuestOptions["onMessage"] = (_message, { clock }) => clock.sleep(5000);
    const { at, bob } = await strangers(options, { catchUp: true, onMessage });
    bob.device.crash();
    await at.world.run(() => bob.isReady());
    await at.world.complete(bob.manager.idle());
    expect(bob.texts).toEqual(["from Alice", "from Carol"]);
    expect(bob.device.disk.records().filter(({ key }) => key[0] === "inbox")).toEqual([]);
  });

  it("opens no message anew whose prekey is kept and whose session is gone [O2-134]", async () => {
    let store: OmemoStore | undefined;
    const wrapStore = (own: OmemoStore): OmemoStore => {
      store = own;
      return own;
    };
    const { at, bob } = await strangers(options, { wrapStore });
    await at.world.complete(bob.manager.history.beginCatchUp());
    await readPage(at, bob);
    const sessions = bob.device.disk.records().filter(({ key }) => key[0]?.startsWith("session"));
    const gone = sessions.map(({ key }) => key);
    if (store === undefined) throw new Error("nothing runs");
    await at.world.complete(store.commit({ check: [], put: [], delete: gone }));
    expect(toldBy(await readPage(at, bob))).toEqual(["duplicate", "duplicate"]);
    expect(bob.texts).toEqual(["from Alice", "from Carol"]);
  });
});

describe.each(VERSIONS)("pages of an archive in %s", (_, version) => {
  const options: GuestOptions = { versions: [version] };
  const TEXTS = Array.from({ length: 7 }, (_unused, index) => `message ${index}`);

  async function archived(bobs: GuestOptions = {}): Promise<Strangers> {
    const at = party();
    const alice = at.guest(ALICE, "phone", options);
    const carol = at.guest(CAROL, "phone", options);
    const bob = at.guest(BOB, "phone", { ...options, catchUp: false, ...bobs });
    await at.settle();
    deliverNothing(at, BOB);
    for (const text of TEXTS) await at.say(alice, BOB, text);
    deliver(at);
    return { at, alice, bob, carol };
  }

  it("are read in order, each message handed over once [MAM-05, MAM-07, O2-188]", async () => {
    const { at, bob } = await archived();
    const told: (string | undefined)[] = [];
    for (let after: string | undefined; ; ) {
      const page = await readPage(at, bob, { pageSize: 3, ...(after !== undefined && { after }) });
      told.push(...toldBy(page));
      after = page.last;
      if (page.isComplete) break;
    }
    expect(told).toEqual(TEXTS);
    expect(bob.texts).toEqual(TEXTS);
    const again = toldBy(await readPage(at, bob));
    // Behind them the empty message that ended the first page's catch-up.
    expect(again).toEqual([...TEXTS.map(() => "duplicate"), "own"]);
    expect([bob.texts, bob.failures]).toEqual([TEXTS, []]);
  });

  it("are read newest first, and the conversation goes on [MAM-05]", async () => {
    const { at, alice, bob } = await archived();
    await at.world.complete(bob.manager.history.beginCatchUp());
    const told: (string | undefined)[] = [];
    for (let before = ""; ; ) {
      const page = await readPage(at, bob, { pageSize: 2, before });
      told.unshift(...toldBy(page));
      before = page.first ?? "";
      if (page.isComplete) break;
    }
    await at.world.complete(bob.manager.history.endCatchUp());
    await at.settle();
    expect(told).toEqual(TEXTS);
    expect([...bob.texts].sort()).toEqual(TEXTS);
    await at.say(alice, BOB, "live");
    await at.say(bob, ALICE, "live, too");
    expect([bob.texts.at(-1), alice.texts]).toEqual(["live", ["live, too"]]);
    expectNoKeyReused(at.world);
  });

  it("tell of sessions in the wrong order what the ratchets allow", async () => {
    const { at, alice, bob } = await archived();
    await at.world.complete(alice.manager.replaceSession(bob.omemo));
    await at.settle();
    deliverNothing(at, BOB);
    await at.say(alice, BOB, "in a new session");
    deliver(at);
    await at.world.complete(bob.manager.history.beginCatchUp());
    const page = await readPage(at, bob, { pageSize: 1, before: "" });
    expect(toldBy(page)).toEqual(["in a new session"]);
    const older = await readPage(at, bob, { before: page.first ?? "" });
    expect(toldBy(older)).toEqual([...TEXTS, "duplicate", "own"]);
    await at.world.complete(bob.manager.history.endCatchUp());
    await at.settle();
    await at.say(bob, ALICE, "in whichever");
    await at.say(alice, BOB, "heard");
    expect([alice.texts, bob.texts.at(-1)]).toEqual([["in whichever"], "heard"]);
    expect([alice.failures, bob.failures]).toEqual([[], []]);
  });

  it("tell apart what is ours, plain, known, and cannot be read, without events [MAM-10, O2-132]", async () => {
    const { at, alice, bob, carol } = await archived();
    await at.say(bob, CAROL, "mine");
    await at.say(carol, BOB, "heard live");
    const { connection } = carol.device;
    const plain = {
      name: "message",
      attrs: { to: BOB, type: "chat" },
      children: [body("in clear")],
    };
    await at.world.complete(connection?.send(plain) ?? Promise.resolve());
    const strange = await at.world.complete(alice.manager.encrypt(CAROL, "for Carol alone"));
    const [sealed] = strange.stanzas;
    if (sealed === undefined) throw new Error("nothing was encrypted");
    const misled = { ...sealed, attrs: { ...sealed.attrs, to: BOB } };
    await at.world.complete(alice.manager.resend([misled]));
    await at.settle();
    const { length } = bob.failures;
    const page = await readPage(at, bob, { before: "" });
    // Two of Carol's: the empty message that completed the session, and her text.
    const kinds = ["own", "duplicate", "duplicate", "plain", "not-for-this-device"];
    expect(toldBy(page).slice(TEXTS.length)).toEqual(kinds);
    expect(bob.failures.length).toBe(length);
    const known = await readPage(at, bob, { with: CAROL });
    expect(
      known.items.every(({ archived: { stanza } }) => JSON.stringify(stanza).includes(CAROL)),
    ).toBe(true);
  });

  it("are refused where they cannot be read", async () => {
    const { at, bob } = await archived();
    const codes = async (query: Parameters<Guest["manager"]["history"]["read"]>[0]) => {
      const error = await at.world.complete(rejection(bob.manager.history.read(query)));
      return (
        (error as { code?: string; condition?: string }).condition ??
        (error as { code: string }).code
      );
    };
    expect(await codes({ after: "a", before: "b" })).toBe("invalid-input");
    expect(await codes({ after: "no-such-id" })).toBe("item-not-found");
    expect(await codes({ room: "room@muc.example.org" })).toBe("room-not-supported");
    bob.device.connection?.goOffline();
    expect(await codes({})).toBe("offline");
    expect(bob.manager.history.isCatchingUp).toBe(false);
  });
});

function body(text: string) {
  return { name: "body", attrs: {}, children: [text] };
}

describe("what comes more than once", () => {
  it("is silent: live, as a carbon, from offline storage and from archives [MAM-07, O2-132, O2-134]", async () => {
    const at = party();
    const alice = at.guest(ALICE);
    const laptop = at.guest(ALICE, "laptop");
    const bob = at.guest(BOB);
    await at.settle();
    await at.say(alice, BOB, "live");
    bob.device.stop();
    await at.world.runFor(1000);
    await at.world.complete(alice.manager.sendMessage(BOB, "stored"));
    await at.world.runFor(5000);
    bob.start();
    await at.settle();
    for (const guest of [bob, laptop]) {
      await readPage(at, guest);
      expect(guest.texts).toEqual(["live", "stored"]);
      expect(guest.failures).toEqual([]);
    }
  });

  it("is not missed although a later message came first, and the process died [MAM-08]", async () => {
    const at = party();
    const alice = at.guest(ALICE);
    const bob = at.guest(BOB);
    await at.settle();
    await at.say(alice, BOB, "one");
    deliverNothing(at, BOB);
    await at.world.complete(alice.manager.sendMessage(BOB, "overtaken"));
    await at.world.runFor(1000);
    deliver(at);
    await at.say(alice, BOB, "two");
    expect(bob.texts).toEqual(["one", "two"]);
    bob.device.crash();
    await at.settle();
    expect([bob.texts, bob.failures]).toEqual([["one", "two", "overtaken"], []]);
  });

  it("is silent when the position was lost, and when the archive dropped it [MAM-08]", async () => {
    const disk = simulatedDisk();
    const at = party();
    const alice = at.guest(ALICE);
    const bob = at.guest(BOB, "phone", { device: { disk } });
    await at.settle();
    await at.say(alice, BOB, "one");
    await at.say(alice, BOB, "two");
    bob.device.stop();
    const store = disk.open();
    await at.world.complete(store.commit({ check: [], put: [], delete: [["archive"]] }));
    bob.start();
    await at.settle();
    expect([bob.texts, bob.failures]).toEqual([["one", "two"], []]);
    deliverNothing(at, BOB);
    await at.say(alice, BOB, "three");
    deliver(at);
    at.world.network.account(BOB).archive.forget(at.world.clock.now() - 60_000);
    bob.device.crash();
    await at.settle();
    expect([bob.texts, bob.failures]).toEqual([["one", "two", "three"], []]);
  });
});
