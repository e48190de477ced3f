import { LEGACY, OMEMO_2 } from "@omemo/core";
import { exportBackup, restoreBackup } from "@omemo/core/backup";
import { childOf, qualify } from "@omemo/core/wire";
import { observeKeys, simulatedDisk, type WireRecord } from "@omemo/testkit";
import { writeTrustMessage } from "@omemo/trust/atm";
import { describe, expect, it } from "vitest";
import {
  ALICE,
  automatic,
  BOB,
  type Truster,
  type TrustScene,
  trustScene,
} from "../../src/network/trustScene.js";

/** Alice's devices know each other. */
async function scene(seed = 1) {
  const at = trustScene(seed);
  const phone = at.truster(ALICE, "phone");
  const laptop = at.truster(ALICE, "laptop");
  await at.rest();
  await phone.decide(laptop, "authenticated");
  await laptop.decide(phone, "authenticated");
  await at.rest();
  return { at, phone, laptop };
}

function messagesSince({ world }: TrustScene, start: number): readonly WireRecord[] {
  return world.network.log.slice(start).filter(({ direction, kind, stanza }) => {
    const element = stanza && qualify(stanza);
    const encrypted = element && childOf(element, "encrypted", OMEMO_2);
    const hasPayload = encrypted && childOf(encrypted, "payload") !== undefined;
    return direction === "sent" && kind === "message" && hasPayload === true;
  });
}

describe("trust messages on a network", () => {
  it("are chat messages that are kept, and go to authenticated devices alone [TM-03, TM-05, ATM-13]", async () => {
    const { at, phone, laptop } = await scene();
    const other = at.truster(ALICE, "tablet");
    const bob = at.truster(BOB, "phone");
    const bobs = at.truster(BOB, "tablet");
    await at.rest();
    const start = at.world.network.log.length;
    await phone.decide(bob, "authenticated");
    await at.rest();
    const sent = messagesSince(at, start);
    expect(sent.map(({ stanza }) => stanza?.attrs.type)).toEqual(["chat", "chat"]);
    for (const { stanza } of sent) {
      const element = qualify(stanza ?? { name: "", attrs: {}, children: [] });
      expect(childOf(element, "store", "urn:xmpp:hints")).toBeDefined();
      expect(childOf(element, "body")).toBeUndefined();
    }
    const readers = observeKeys(sent).map(({ recipientDevice }) => recipientDevice);
    expect(readers.sort()).toEqual([laptop, bob].map((each) => each.guest.omemo.deviceId).sort());
    expect(await laptop.levelOf(bob)).toBe("authenticated");
    expect([await other.levelOf(bob), await bobs.levelOf(phone)]).toEqual(["blind", "blind"]);
  });

  it("are no chat messages to the application [ATM-10]", async () => {
    const { at, phone, laptop } = await scene();
    const bob = at.truster(BOB, "phone");
    await at.rest();
    await bob.decide(phone, "authenticated");
    await phone.decide(bob, "authenticated");
    await at.rest();
    expect(await bob.levelOf(laptop)).toBe("authenticated");
    for (const { guest } of [phone, laptop, bob]) expect(guest.messages).toEqual([]);
  });

  it("leave after a restart when the process died with the decision [ATM-01]", async () => {
    const { at, phone, laptop } = await scene();
    const bob = at.truster(BOB, "phone");
    await at.rest();
    await phone.decide(bob, "authenticated");
    phone.guest.device.crash();
    await at.rest();
    expect(await laptop.levelOf(bob)).toBe("authenticated");
  });

  it("reach a device that was away when they were sent [TM-03]", async () => {
    const { at, phone, laptop } = await scene();
    const bob = at.truster(BOB, "phone");
    await at.rest();
    laptop.guest.device.connection?.logOut();
    await phone.decide(bob, "authenticated");
    await at.rest();
    expect(await laptop.levelOf(bob)).toBe("blind");
    laptop.guest.device.connection?.goOnline();
    await at.rest();
    expect(await laptop.levelOf(bob)).toBe("authenticated");
  });

  it("count in a restored device, and are sent by it [ATM-06, O2-148]", async () => {
    const { at, phone, laptop } = await scene();
    const bob = at.truster(BOB, "phone");
    const bobs = at.truster(BOB, "tablet");
    await at.rest();
    await bob.decide(laptop, "authenticated");
    await bob.decide(bobs, "authenticated");
    await at.rest();
    expect(await laptop.levelOf(bobs)).toBe("blind"); // heard, and not believed yet
    const { device } = laptop.guest;
    const backup = await exportBackup(device.disk.open(), "secret", { cost: 14 });
    device.crash();
    const disk = simulatedDisk();
    await restoreBackup(backup, "secret", disk.open());
    device.disk.restore(disk.image());
    await at.rest();
    expect(await laptop.levelOf(phone)).toBe("authenticated");
    await laptop.decide(bob, "authenticated");
    await at.rest();
    expect(await laptop.levelOf(bobs)).toBe("authenticated");
    expect(await phone.levelOf(bob)).toBe("authenticated");
  });

  it("say nothing without the time inside [TM-04, TM-06]", async () => {
    const { at, phone } = await scene();
    const timeless = at.truster(BOB, "phone", automatic, {
      seals: (plaintext) => plaintext.replace(/<time [^>]*>/, ""),
    });
    const bobs = at.truster(BOB, "tablet");
    await at.rest();
    await phone.decide(timeless, "authenticated");
    await timeless.decide(phone, "authenticated");
    await timeless.decide(bobs, "authenticated");
    await at.rest();
    expect(await phone.levelOf(bobs)).toBe("account-has-compared-keys");
  });

  it("say nothing in the open [TM-06]", async () => {
    const { at, phone, laptop } = await scene();
    const bob = at.truster(BOB, "phone");
    await at.rest();
    const children = [writeTrustMessage([{ ...bob.identity(), verdict: "trust" }])];
    const stanza = { name: "message", attrs: { to: ALICE, type: "chat" }, children };
    await at.world.complete(laptop.guest.device.connection?.send(stanza) ?? Promise.resolve());
    await at.rest();
    expect(await phone.levelOf(bob)).toBe("blind");
  });

  it("are not for devices of the legacy version, which could not read them [TM-05, L-84]", async () => {
    const { at, phone } = await scene();
    const old = at.truster(BOB, "phone", automatic, { versions: [LEGACY] });
    await at.rest();
    const start = at.world.network.log.length;
    await phone.decide(old, "authenticated");
    await at.rest();
    expect(observeKeys(at.world.network.log.slice(start)).filter(toBob)).toEqual([]);
    expect(isAnythingForbidden([phone, old])).toBe(false);
  });
});

function toBob({ recipient }: { readonly recipient: string | undefined }): boolean {
  return recipient === BOB;
}

function isAnythingForbidden(trusters: readonly Truster[]): boolean {
  return trusters.some(({ forbidden }) => forbidden.length > 0);
}
