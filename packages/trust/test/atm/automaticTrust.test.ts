import { isOmemoError, memoryStore } from "@omemo/core";
import { manualTrust, readAuditLog } from "@omemo/trust";
import { automaticTrust } from "@omemo/trust/atm";
import { describe, expect, it } from "vitest";
import { createBus, keyNumber } from "./bus.js";
import { ALICE, about, BOB, scene } from "./scene.js";

describe("automatic trust", () => {
  it("trusts keys blindly until one of their account is authenticated, by whomever [ATM-11]", async () => {
    const { bus, alice, laptop, bob, tablet } = scene();
    expect(await alice.trust.getTrust([bob.identity, tablet.identity])).toEqual([
      "trusted",
      "trusted",
    ]);
    await alice.decide(laptop, "authenticated");
    await bus.deliver(laptop.say(alice, about(bob)));
    expect(await alice.trust.getTrust([bob.identity, tablet.identity])).toEqual([
      "trusted",
      "undecided",
    ]);
  });

  it("tells decisions by hand and by message apart, and logs both [ATM-12]", async () => {
    const bus = createBus();
    const alice = bus.device(ALICE, 1, { audit: true });
    const laptop = bus.device(ALICE, 2);
    const [bob, tablet] = [bus.device(BOB, 11), bus.device(BOB, 12)];
    await alice.decide(laptop, "authenticated");
    await alice.decide(bob, "trusted");
    await bus.deliver(laptop.say(alice, about(bob)));
    await bus.deliver(laptop.say(alice, about(tablet, "distrust")));
    const reasons = await alice.trust.explain([laptop, bob, tablet].map((each) => each.identity));
    expect(reasons.map(({ state, reason }) => `${state}: ${reason}`)).toEqual([
      "trusted: compared",
      "trusted: vouched-for",
      "untrusted: vouched-for",
    ]);
    const log = await readAuditLog(alice.store);
    expect(log.map(({ level, before, origin, by }) => [level, before, origin, by])).toEqual([
      ["authenticated", undefined, "person", "person"],
      ["trusted", undefined, "person", "person"],
      ["authenticated", "trusted", "trust-message", ALICE],
      ["untrusted", undefined, "trust-message", ALICE],
    ]);
  });

  it("commits a decision with what follows from it, or nothing, beside another process [ATM-06]", async () => {
    const { bus, alice, bob, tablet } = scene();
    await bus.deliver(bob.say(alice, about(tablet)));
    const other = automaticTrust(alice.store, {
      clock: { now: () => bus.now, sleep: async () => {} },
    });
    await Promise.all([
      alice.trust.decide(bob.identity, "authenticated"),
      other.decide(tablet.identity, "untrusted"),
      bus.deliver(bob.say(alice, about(tablet, "distrust"))),
    ]);
    expect(await alice.levelOf(bob)).toBe("authenticated");
    expect(await alice.levelOf(tablet)).toBe("untrusted");
  });

  it("goes back to what a person chose when nobody speaks of a key any more [ATM-09, ATM-12]", async () => {
    const bus = createBus();
    const alice = bus.device(ALICE, 1, { conflicts: "follow" });
    const [laptop, bob, tablet] = [bus.device(ALICE, 2), bus.device(BOB, 11), bus.device(BOB, 12)];
    await alice.decide(laptop, "authenticated");
    await alice.decide(bob, "authenticated");
    await alice.decide(tablet, "trusted");
    const { now } = bus;
    await bus.deliver(bob.say(alice, about(tablet, "distrust")));
    expect(await alice.levelOf(tablet)).toBe("untrusted");
    // It comes to light that Bob's phone had been stolen before it spoke.
    bus.now = now - 1500;
    await bus.deliver(laptop.say(alice, about(bob, "distrust")));
    bus.now = now + 5000;
    await bus.deliver(laptop.say(alice, about(bob)));
    expect(await alice.levelOf(tablet)).toBe("trusted");
    expect(alice.events).toContainEqual(
      expect.objectContaining({ kind: "decided", level: "trusted", by: undefined }),
    );
  });

  it("takes up what another policy decided on the same store [ATM-06]", async () => {
    const { bus, alice, bob, tablet } = scene();
    await bus.deliver(bob.say(alice, about(tablet)));
    await manualTrust(alice.store).decide(bob.identity, "authenticated");
    await alice.restart();
    expect(await alice.levelOf(tablet)).toBe("authenticated");
  });

  it("refuses to guess what it cannot read", async () => {
    const store = memoryStore();
    await store.commit({
      check: [],
      put: [{ key: ["trust-said", BOB, keyNumber(1)], value: Uint8Array.of(9) }],
      delete: [],
    });
    const { identity } = createBus().device(BOB, 11);
    const error = await automaticTrust(store)
      .decide(identity, "authenticated")
      .catch((reason: unknown) => reason);
    expect(isOmemoError(error) && error.code).toBe("store-failure");
  });
});
