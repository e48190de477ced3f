import { isOmemoError, OMEMO_2 } from "@omemo/core";
import { describe, expect, it } from "vitest";
import { party } from "../../src/network/party.js";

const ALICE = "alice@example.org";
const BOB = "bob@example.org";

describe("starting", () => {
  it("is an error with an unreadable store, never a new identity (invariant 5)", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE, "phone", { device: { restartAfter: undefined } });
    await settle();
    const damaged = [...alice.device.disk.image()].map(([name, record]) => {
      const value = record.key[0] === "account" ? new Uint8Array([99]) : record.value;
      return [name, { ...record, value }] as const;
    });
    alice.device.stop();
    alice.device.disk.restore(new Map(damaged));
    const records = alice.device.disk.records();
    alice.start();
    const error = await world.runFor(10_000).catch((reason: unknown) => reason);
    expect(String(error)).toContain('cannot read a "account" record');
    expect(alice.device.disk.records()).toEqual(records);
  });

  it("refuses a store that belongs to another account", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE);
    await settle();
    alice.device.stop();
    guest(BOB, "phone", { device: { disk: alice.device.disk } });
    const error = await world.runFor(10_000).catch((reason: unknown) => reason);
    expect(String(error)).toContain("belongs to another account");
  });

  it("keeps identity, device id and sessions over a restart [L-01]", async () => {
    const { guest, settle, say } = party();
    const alice = guest(ALICE);
    const bob = guest(BOB);
    await settle();
    await say(alice, BOB, "hello");
    const { omemo } = bob;
    const fingerprint = bob.manager.getOwnFingerprint();
    bob.device.crash();
    await settle();
    expect([bob.omemo, bob.manager.getOwnFingerprint()]).toEqual([omemo, fingerprint]);
    await say(alice, BOB, "again");
    expect(bob.texts).toEqual(["hello", "again"]);
  });

  it("needs a stream, and says so", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE, "phone", { versions: [OMEMO_2] });
    await settle();
    alice.device.connection?.goOffline();
    await world.runFor(1000);
    const error = await world
      .complete(alice.manager.initialize())
      .catch((reason: unknown) => reason);
    expect(isOmemoError(error) && error.code).toBe("offline");
  });

  it("refuses calls before it, and impossible options", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE);
    await settle();
    await world.complete(alice.manager.close());
    const error = await alice.manager.sendMessage(BOB, "x").catch((reason: unknown) => reason);
    expect(isOmemoError(error) && error.code).toBe("invalid-input");
  });
});
