import { describe, expect, it } from "vitest";
import { about, befriend, recordsUnder, scene } from "./scene.js";

describe("a comparison by hand", () => {
  it("for each new device lets all devices of both sides know each other's keys [ATM-01, ATM-02, ATM-05]", async () => {
    const { bus, alice, laptop, bob, tablet } = scene();
    await befriend(alice, laptop);
    await bus.deliverAll();
    await befriend(alice, bob);
    await bus.deliverAll();
    await befriend(bob, tablet);
    await bus.deliverAll();
    for (const [device, others] of [
      [alice, [laptop, bob, tablet]],
      [laptop, [alice, bob, tablet]],
      [bob, [alice, laptop, tablet]],
      [tablet, [alice, laptop, bob]],
    ] as const) {
      for (const other of others) expect(await device.levelOf(other)).toBe("authenticated");
    }
  });

  it("of two groups tells the others of the two that compared, and of no more [ATM-04]", async () => {
    const { bus, alice, laptop, bob, tablet } = scene();
    await befriend(alice, laptop);
    await befriend(bob, tablet);
    await befriend(alice, bob);
    await bus.deliverAll();
    expect(await laptop.levelOf(bob)).toBe("authenticated");
    expect(await alice.levelOf(tablet)).toBe("authenticated");
    expect(await laptop.levelOf(tablet)).toBe("account-has-compared-keys");
  });

  it("of an own new device brings it everything, and it to everybody [ATM-02]", async () => {
    const { bus, alice, laptop, bob } = scene();
    await befriend(alice, bob);
    await befriend(alice, laptop);
    await bus.deliverAll();
    expect(await bob.levelOf(laptop)).toBe("authenticated");
    expect(await laptop.levelOf(bob)).toBe("authenticated");
  });

  it("that ends in distrust is told as well [ATM-03]", async () => {
    const { bus, alice, laptop, bob, tablet } = scene();
    await befriend(alice, bob);
    await befriend(alice, laptop);
    await bus.deliverAll();
    await alice.decide(tablet, "untrusted");
    await bus.deliverAll();
    expect(await laptop.levelOf(tablet)).toBe("untrusted");
    await alice.decide(laptop, "untrusted");
    expect(bus.parcels.map(({ to }) => to)).toEqual([bob.identity]);
    await bus.deliverAll();
    expect(await bob.levelOf(laptop)).toBe("untrusted");
  });

  it("alone is told: what follows from messages, and mere trust, is not [ATM-04]", async () => {
    const { bus, alice, laptop, bob, tablet } = scene();
    await befriend(alice, laptop);
    await bus.deliverAll();
    await alice.decide(bob, "trusted");
    await alice.decide(bob, "undecided");
    expect(bus.parcels).toEqual([]);
    await bus.deliver(laptop.say(alice, about(tablet)));
    expect(await alice.levelOf(tablet)).toBe("authenticated");
    expect(bus.parcels).toEqual([]);
  });

  it("goes to devices with authenticated keys alone, trusted or not [TM-05, ATM-13]", async () => {
    const { bus, alice, laptop, bob } = scene();
    await alice.decide(laptop, "trusted");
    await alice.decide(bob, "authenticated");
    expect(bus.parcels).toEqual([]);
  });

  it("is told as it is when it leaves, not as it was [TM-07]", async () => {
    const { bus, alice, laptop, bob } = scene();
    await befriend(alice, laptop);
    await bus.deliverAll();
    alice.isOffline = true;
    await alice.decide(bob, "authenticated");
    await alice.decide(bob, "untrusted");
    alice.isOffline = false;
    await alice.restart();
    expect(bus.parcels).toHaveLength(1);
    await bus.deliverAll();
    expect(await laptop.levelOf(bob)).toBe("untrusted");
  });

  it("is told after a restart when it could not be before, and to those who were away [ATM-01]", async () => {
    const { bus, alice, laptop, bob } = scene();
    await befriend(alice, laptop);
    await bus.deliverAll();
    alice.hidden.add(laptop.identity.fingerprint);
    await alice.decide(bob, "authenticated");
    expect(bus.parcels.map(({ to }) => to)).toEqual([bob.identity]);
    await alice.restart();
    expect(bus.parcels).toHaveLength(1);
    alice.hidden.clear();
    await alice.shows(laptop);
    await bus.deliverAll();
    expect(await laptop.levelOf(bob)).toBe("authenticated");
    expect(await recordsUnder(alice, "trust-todo")).toBe(0);
    expect(await recordsUnder(alice, "trust-tell")).toBe(0);
  });

  it("is not told to a device that was distrusted meanwhile [TM-05]", async () => {
    const { bus, alice, laptop, bob } = scene();
    await befriend(alice, laptop);
    await bus.deliverAll();
    alice.hidden.add(laptop.identity.fingerprint);
    await alice.decide(bob, "authenticated");
    await alice.decide(laptop, "untrusted");
    alice.hidden.clear();
    await alice.restart();
    expect(bus.parcels.filter(({ to }) => to === laptop.identity)).toEqual([]);
    expect(await recordsUnder(alice, "trust-todo")).toBe(0);
  });
});
