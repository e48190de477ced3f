import { memoryStore } from "@omemo/core";
import { xml } from "@omemo/core/wire";
import {
  fromXmlElement,
  type PlaintextGuard,
  plaintextGuard,
  storeGuardTable,
  type XmppClient,
} from "@omemo/xmpp-client";
import { describe, expect, it } from "vitest";
import { type Guest, party } from "../../src/network/party.js";

const ALICE = "alice@example.org";
const BOB = "bob@example.org";

/** The client of an application beside its manager: what is sent in clear goes nowhere. */
function clientOf(jid: string): XmppClient {
  return {
    jid,
    status: "online",
    socket: null,
    send: async () => undefined,
    sendMany: async () => undefined,
    on: () => undefined,
    emit: () => undefined,
  };
}

/** A guard that learns from a device's manager, and whether it lets a text to somebody pass. */
function guardOf(guest: Guest): {
  readonly guard: PlaintextGuard;
  lets(to: string): Promise<boolean>;
} {
  const client = clientOf(guest.omemo.jid);
  const guard = plaintextGuard(client, storeGuardTable(memoryStore()));
  guard.follow(guest.manager);
  return {
    guard,
    lets: async (to) => {
      const message = xml("message", { to }, xml("body", {}, "secret"));
      return client.send(fromXmlElement(message)).then(
        () => true,
        () => false,
      );
    },
  };
}

/** Bob's device with a guard; alice has a device as well. */
async function guarded() {
  const scene = party();
  const [alice, bob] = [scene.guest(ALICE, "phone"), scene.guest(BOB, "phone")];
  await scene.settle();
  const guard = guardOf(bob);
  return { scene, alice, bob, ...guard };
}

describe("a guard that follows a manager", () => {
  it("marks a conversation with the first message that was decrypted [SCE-13]", async () => {
    const { scene, alice, bob, guard, lets } = await guarded();
    expect(await lets(ALICE)).toBe(true);
    await scene.say(alice, BOB, "hello");
    expect(bob.texts).toEqual(["hello"]);
    expect(await lets(ALICE)).toBe(false);
    expect(await guard.log()).toMatchObject([{ conversation: ALICE, cause: "received" }]);
  });

  it("hears of one that another own device sent [CARB-03]", async () => {
    const { scene, lets } = await guarded();
    const laptop = scene.guest(BOB, "laptop");
    await scene.settle();
    await scene.say(laptop, ALICE, "hello");
    expect(await lets(ALICE)).toBe(false);
  });

  it("lets plaintext pass when our user agrees to it, not when a contact asks, and until one of them goes back [O2-164, O2-166, O2-168]", async () => {
    const { scene, alice, bob, guard, lets } = await guarded();
    await scene.say(alice, BOB, "hello");
    await scene.say(bob, ALICE, "hello");
    await scene.world.complete(alice.manager.optOut.request(BOB, "compliance"));
    await scene.settle();
    expect(await lets(ALICE)).toBe(false);
    await scene.world.complete(bob.manager.optOut.confirm(ALICE));
    expect(await lets(ALICE)).toBe(true);
    expect(await guard.get(ALICE)).toMatchObject({ cause: "opt-out", reason: "compliance" });
    await scene.world.complete(bob.manager.optOut.revoke(ALICE));
    expect(await lets(ALICE)).toBe(false);
    await scene.world.complete(alice.manager.optOut.request(BOB));
    await scene.settle();
    await scene.world.complete(bob.manager.optOut.confirm(ALICE));
    expect(await lets(ALICE)).toBe(true);
    await scene.world.complete(alice.manager.optOut.revoke(BOB));
    await scene.say(alice, BOB, "encrypted again");
    expect(await lets(ALICE)).toBe(false);
  });
});
