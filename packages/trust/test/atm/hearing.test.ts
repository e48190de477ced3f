import type { ReceivedMessage } from "@omemo/core";
import { toBase64, xml } from "@omemo/core/wire";
import { TRUST_MESSAGES } from "@omemo/trust/atm";
import { describe, expect, it } from "vitest";
import { createBus, keyNumber } from "./bus.js";
import { ALICE, about, BOB, befriend, CAROL, recordsUnder, refused, scene } from "./scene.js";

describe("what another device says", () => {
  it("waits until its key is authenticated, also over a restart [ATM-06]", async () => {
    const { bus, alice, bob, tablet } = scene();
    await bus.deliver(bob.say(alice, about(tablet)));
    expect(await alice.levelOf(tablet)).toBe("blind");
    expect(alice.events).toMatchObject([{ kind: "waiting", sender: bob.identity, count: 1 }]);
    await alice.restart();
    await alice.decide(bob, "authenticated");
    expect(await alice.levelOf(tablet)).toBe("authenticated");
  });

  it("is never applied when its key is distrusted instead [ATM-06]", async () => {
    const { bus, alice, bob, tablet } = scene();
    await bus.deliver(bob.say(alice, about(tablet)));
    await alice.decide(bob, "untrusted");
    await alice.decide(bob, "authenticated");
    expect(await alice.levelOf(tablet)).not.toBe("authenticated");
  });

  it("lets those speak whom it authenticates [ATM-08]", async () => {
    const { bus, alice, laptop, bob, tablet } = scene();
    await bus.deliver(bob.say(alice, about(tablet)));
    await bus.deliver(laptop.say(alice, about(bob)));
    expect(await alice.levelOf(tablet)).toBe("blind");
    await alice.decide(laptop, "authenticated");
    expect(await alice.levelOf(bob)).toBe("authenticated");
    expect(await alice.levelOf(tablet)).toBe("authenticated");
  });

  it("holds for a key before any device showed it [ATM-07]", async () => {
    const { bus, alice, bob } = scene();
    await alice.decide(bob, "authenticated");
    const later = bus.device(BOB, 13);
    const stolen = bus.device(BOB, 14);
    await bus.deliver(bob.say(alice, [...about(later)]));
    await bus.deliver(bob.say(alice, [...about(stolen, "distrust")]));
    const states = await alice.trust.getTrust([later.identity, stolen.identity]);
    expect(states).toEqual(["trusted", "untrusted"]);
  });

  it("about keys of others is passed over, whether vouching or not [ATM-05]", async () => {
    const { bus, alice, laptop, bob } = scene();
    const carol = bus.device(CAROL, 21);
    await alice.decide(bob, "authenticated");
    for (const other of [carol, laptop]) {
      await bus.deliver(bob.say(alice, about(other)));
      await bus.deliver(bob.say(alice, about(other, "distrust")));
      expect(await alice.levelOf(other)).toBe("blind");
    }
    expect(alice.events).toEqual(Array(4).fill(refused(bob, "not-theirs")));
    expect(await recordsUnder(alice, "trust-said")).toBe(0);
  });

  it("about this device's key is reported and changes nothing [ATM-09]", async () => {
    const { bus, alice, laptop, bob } = scene();
    await bus.deliver(laptop.say(alice, about(alice, "distrust")));
    await bus.deliver(bob.say(alice, about(alice, "distrust")));
    expect(alice.events).toEqual([refused(laptop, "not-theirs"), refused(bob, "not-theirs")]);
    await alice.decide(laptop, "authenticated");
    await bus.deliver(laptop.say(alice, about(alice, "distrust")));
    expect(alice.events.at(-1)).toMatchObject({ kind: "own-key-distrusted" });
    expect(await alice.levelOf(alice)).toBe("account-has-compared-keys");
  });

  it("against a decision made here is told, and changes nothing [ATM-09]", async () => {
    const { bus, alice, laptop, bob } = scene();
    await alice.decide(laptop, "authenticated");
    await alice.decide(bob, "untrusted");
    await bus.deliver(laptop.say(alice, about(bob)));
    expect(await alice.levelOf(bob)).toBe("untrusted");
    expect(alice.events).toContainEqual(
      expect.objectContaining({ kind: "conflict", said: "trust", by: laptop.identity }),
    );
  });

  it("changes it where the user wants the newest decision to count [ATM-09]", async () => {
    const bus = createBus();
    const alice = bus.device(ALICE, 1, { conflicts: "follow" });
    const laptop = bus.device(ALICE, 2, { conflicts: "follow" });
    const bob = bus.device(BOB, 11);
    await befriend(alice, laptop);
    await bus.deliverAll();
    await alice.decide(bob, "authenticated");
    await laptop.decide(bob, "untrusted");
    await bus.deliverAll();
    expect([await alice.levelOf(bob), await laptop.levelOf(bob)]).toEqual([
      "untrusted",
      "untrusted",
    ]);
    await alice.decide(bob, "authenticated");
    await bus.deliverAll();
    expect([await alice.levelOf(bob), await laptop.levelOf(bob)]).toEqual([
      "authenticated",
      "authenticated",
    ]);
  });

  it("again, or after what it said later, changes nothing [TM-07]", async () => {
    const { bus, alice, laptop, bob } = scene();
    await alice.decide(laptop, "authenticated");
    const first = laptop.say(alice, about(bob));
    const second = laptop.say(alice, about(bob, "distrust"));
    for (const parcel of [second, first, second, first]) await bus.deliver(parcel);
    expect(await alice.levelOf(bob)).toBe("untrusted");
    expect(alice.events).toHaveLength(1);
  });

  it("never turns a later decision of the user, whenever it arrives [TM-07, ATM-09]", async () => {
    const { bus, alice, laptop, bob } = scene();
    await alice.decide(laptop, "authenticated");
    const before = laptop.say(alice, about(bob));
    await alice.decide(bob, "untrusted");
    await bus.deliver(before);
    expect(await alice.levelOf(bob)).toBe("untrusted");
  });

  it.each([
    ["no time", { affixes: { from: BOB, to: ALICE, time: undefined } }, "missing-affix"],
    ["a time before all messages", { affixes: { from: BOB, to: ALICE, time: 0 } }, "missing-affix"],
    ["no sender", { affixes: { from: undefined, to: ALICE, time: 1 } }, "missing-affix"],
    ["no recipient", { affixes: { from: BOB, to: undefined, time: 1 } }, "missing-affix"],
    ["nothing written inside", { affixes: undefined }, "missing-affix"],
    ["a time to come", { affixes: { from: BOB, to: ALICE, time: 2e12 } }, "from-the-future"],
    ["a room", { room: { jid: BOB } }, "in-a-room"],
  ])("with %s is passed over [TM-04, TM-06, ATM-13]", async (_, change, reason) => {
    const { bus, alice, bob, tablet } = scene();
    await alice.decide(bob, "authenticated");
    await bus.deliver(bob.say(alice, about(tablet), change as Partial<ReceivedMessage>));
    expect(alice.events).toEqual([refused(bob, reason)]);
    expect(await alice.levelOf(tablet)).not.toBe("authenticated");
  });

  it("that cannot be read is passed over with its reason [TM-06]", async () => {
    const { bus, alice, bob } = scene();
    await alice.decide(bob, "authenticated");
    await bus.deliver(bob.say(alice, [xml("trust-message", { xmlns: TRUST_MESSAGES })]));
    expect(alice.events).toEqual([refused(bob, "unknown-usage")]);
  });

  it("that is this very device is no news [TM-08]", async () => {
    const { bus, alice, bob } = scene();
    await bus.deliver(alice.say(alice, about(bob)));
    expect([alice.events, await recordsUnder(alice, "trust-said")]).toEqual([[], 0]);
  });

  it("of a key by its Curve25519 form counts for a device that shows it, before or after [TM-02, ATM-07]", async () => {
    const { bus, alice, laptop, bob, tablet } = scene();
    await alice.decide(laptop, "authenticated");
    const inCurveForm = (number: number) => {
      const bytes = Uint8Array.from(Buffer.from(keyNumber(number), "hex"));
      const header = {
        xmlns: TRUST_MESSAGES,
        usage: "urn:xmpp:atm:1",
        encryption: "urn:xmpp:omemo:2",
      };
      const key = xml("trust", {}, toBase64(bytes));
      return [xml("trust-message", header, xml("key-owner", { jid: BOB }, key))];
    };
    await bus.deliver(laptop.say(alice, inCurveForm(11)));
    expect(await alice.levelOf(bob)).toBe("authenticated");
    await bus.deliver(laptop.say(alice, inCurveForm(13)));
    const later = bus.device(BOB, 13);
    expect(await alice.levelOf(later)).toBe("account-has-compared-keys");
    await alice.shows(later);
    expect(await alice.levelOf(later)).toBe("authenticated");
    await bus.deliver(laptop.say(alice, inCurveForm(14)));
    const last = bus.device(BOB, 14); // seen, but the process ended before it was noted
    await alice.restart();
    expect(await alice.levelOf(last)).toBe("authenticated");
    expect(await alice.levelOf(tablet)).toBe("account-has-compared-keys");
  });
});
