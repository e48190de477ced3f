import {
  isOmemoError,
  LEGACY,
  OMEMO_2,
  type OmemoErrorCode,
  type OmemoIdentity,
  type OptOutChange,
  type OptOutState,
  type XmlElement,
} from "@omemo/core";
import { childOf, qualify, writeOptOut, xml } from "@omemo/core/wire";
import { manualTrust } from "@omemo/trust";
import { describe, expect, it } from "vitest";
import { type Guest, type Party, party } from "../../src/network/party.js";

const ALICE = "alice@example.org";
const BOB = "bob@example.org";
const REASON = "compliance";

/** What the application of a device was told of opt-outs. */
function optOutsOf(guest: Guest): readonly OptOutChange[] {
  const changes: OptOutChange[] = [];
  guest.manager.on("opt-out", (change) => void changes.push(change));
  return changes;
}

async function codeOf(attempt: Promise<unknown>): Promise<OmemoErrorCode | "sent"> {
  try {
    await attempt;
    return "sent";
  } catch (error) {
    if (!isOmemoError(error)) throw error;
    return error.code;
  }
}

async function trustAll({ manager }: Guest, identities: readonly OmemoIdentity[]): Promise<void> {
  for (const identity of identities) await manager.trustOmemoIdentity(identity);
}

function stateOf({ world }: Party, guest: Guest, jid: string): Promise<OptOutState | undefined> {
  return world.complete(guest.manager.optOut.get(jid));
}

/** Message stanzas that somebody could read on the way. */
function readable({ world }: Party): readonly XmlElement[] {
  return world.network.log.flatMap(({ stanza, direction }) => {
    if (direction !== "sent" || stanza?.name !== "message") return [];
    const encrypted = [OMEMO_2, LEGACY].some((version) => {
      return childOf(qualify(stanza), "encrypted", version) !== undefined;
    });
    return encrypted ? [] : [stanza];
  });
}

/** Two accounts with two devices each that talk to each other. */
async function talking() {
  const scene = party();
  const guests = {
    phone: scene.guest(ALICE, "phone"),
    laptop: scene.guest(ALICE, "laptop"),
    bob: scene.guest(BOB, "phone"),
    tablet: scene.guest(BOB, "tablet"),
  };
  await scene.settle();
  await scene.say(guests.phone, BOB, "hello");
  await scene.say(guests.bob, ALICE, "hello");
  await scene.say(guests.laptop, BOB, "hello");
  return { scene, ...guests };
}

describe("an opt-out", () => {
  it("reaches all devices of the contact and our other ones, encrypted, and blocks them [O2-164, O2-165, O2-166]", async () => {
    const { scene, phone, laptop, bob, tablet } = await talking();
    const heard = [laptop, bob, tablet].map(optOutsOf);
    const sent = await scene.world.complete(phone.manager.optOut.request(BOB, REASON));
    await scene.settle();
    expect(sent.intendedDevices).toHaveLength(3);
    for (const [change, more] of heard) {
      expect(change).toMatchObject({ kind: "opted-out", by: ALICE, reason: REASON });
      expect(change).toMatchObject({ isEffective: true, device: phone.omemo, trust: "trusted" });
      expect(more).toBeUndefined();
    }
    expect(await stateOf(scene, phone, BOB)).toMatchObject({ state: "plain", by: ALICE });
    for (const [guest, contact] of [
      [laptop, BOB],
      [bob, ALICE],
      [tablet, ALICE],
    ] as const) {
      const state = { conversation: contact, state: "blocked", by: ALICE, reason: REASON };
      expect(await stateOf(scene, guest, contact)).toMatchObject(state);
      const attempt = codeOf(guest.manager.sendMessage(contact, "secret"));
      expect(await scene.world.complete(attempt)).toBe("opted-out");
    }
    expect(readable(scene)).toEqual([]);
  });

  it("stays blocked over a restart, and plain once the user agreed; nothing is encrypted then [O2-166, O2-169] (invariant 4)", async () => {
    const { scene, phone, bob } = await talking();
    await scene.world.complete(phone.manager.optOut.request(BOB));
    await scene.settle();
    const attempt = () => scene.world.complete(codeOf(bob.manager.sendMessage(ALICE, "secret")));
    bob.device.crash();
    await scene.settle();
    expect(await attempt()).toBe("opted-out");
    await scene.world.complete(bob.manager.optOut.confirm(ALICE));
    bob.device.crash();
    await scene.settle();
    expect(await scene.world.complete(bob.manager.optOut.list())).toMatchObject([
      { conversation: ALICE, state: "plain", by: ALICE },
    ]);
    expect(await attempt()).toBe("opted-out");
    for (const guarded of [
      () => bob.manager.encrypt(ALICE, "secret"),
      () => bob.manager.sendContent(ALICE, [xml("x", { xmlns: "urn:x" })]),
      () => bob.manager.sendKeyTransport(ALICE),
    ]) {
      expect(await scene.world.complete(codeOf(guarded()))).toBe("opted-out");
    }
    expect(readable(scene)).toEqual([]);
  });

  it("stops a message that was being prepared when it came [O2-166]", async () => {
    const scene = party();
    const alice = scene.guest(ALICE, "phone");
    const bob: Guest = scene.guest(BOB, "phone", {
      trust: manualTrust,
      undecided: async (identities) => {
        const isTold = new Promise((resolve) => bob.manager.on("opt-out", resolve));
        await alice.manager.optOut.request(BOB);
        await isTold;
        await trustAll(bob, identities);
      },
    });
    await scene.settle();
    const known = await scene.world.complete(bob.manager.getActiveFingerprints(ALICE));
    await scene.world.complete(trustAll(bob, known));
    await scene.say(bob, ALICE, "hello");
    scene.guest(ALICE, "laptop");
    await scene.settle();
    await scene.world.complete(bob.manager.requestDeviceListUpdateFor(ALICE));
    const { length } = scene.world.network.log;
    expect(await scene.world.complete(codeOf(bob.manager.sendMessage(ALICE, "secret")))).toBe(
      "opted-out",
    );
    await scene.settle();
    const sent = scene.world.network.log.slice(length).filter(({ account, direction, kind }) => {
      return account === BOB && direction === "sent" && kind === "message";
    });
    expect(sent).toEqual([]);
  });

  it("is taken back by whoever sends encrypted again, for all devices, with the old sessions [O2-167, O2-168]", async () => {
    const { scene, phone, laptop, bob, tablet } = await talking();
    await scene.world.complete(phone.manager.optOut.request(BOB));
    await scene.settle();
    await scene.world.complete(bob.manager.optOut.confirm(ALICE));
    const heard = [laptop, bob, tablet].map(optOutsOf);
    await scene.world.complete(phone.manager.optOut.revoke(BOB));
    const sent = await scene.world.complete(phone.manager.sendMessage(BOB, "secret again"));
    await scene.settle();
    expect(sent.intendedDevices.filter(({ isKeyExchange }) => isKeyExchange)).toEqual([]);
    for (const changes of heard) {
      expect(changes).toMatchObject([{ kind: "resumed", by: ALICE, isEffective: true }]);
    }
    await scene.say(bob, ALICE, "fine");
    await scene.say(laptop, BOB, "fine, too");
    expect(tablet.texts.slice(-2)).toEqual(["fine", "fine, too"]);
    expect(tablet.failures).toEqual([]);
  });

  it("may be refused: the other side goes on with OMEMO, and nobody is overruled [O2-168]", async () => {
    const { scene, phone, laptop, bob } = await talking();
    await scene.world.complete(phone.manager.optOut.request(BOB));
    await scene.settle();
    await scene.world.complete(bob.manager.optOut.revoke(ALICE));
    await scene.say(bob, ALICE, "I would rather not");
    for (const guest of [phone, laptop]) {
      expect(guest.texts.at(-1)).toBe("I would rather not");
      const attempt = codeOf(guest.manager.sendMessage(BOB, "secret"));
      expect(await scene.world.complete(attempt)).toBe("opted-out");
    }
  });

  it("is told of and does nothing when it comes from a device that is not trusted [O2-169]", async () => {
    const { scene, phone, bob } = await talking();
    const changes = optOutsOf(bob);
    const { deviceId, jid } = phone.omemo;
    const fingerprint = phone.manager.getOwnFingerprint();
    await scene.world.complete(bob.manager.distrustOmemoIdentity({ jid, deviceId, fingerprint }));
    await scene.world.complete(phone.manager.optOut.request(BOB, REASON));
    await scene.settle();
    expect(changes).toMatchObject([{ isEffective: false, trust: "untrusted", reason: REASON }]);
    expect(await stateOf(scene, bob, ALICE)).toBeUndefined();
    expect(await scene.world.complete(codeOf(bob.manager.sendMessage(ALICE, "secret")))).toBe(
      "sent",
    );
  });

  it("is nothing when it stands unencrypted in a stanza [O2-169]", async () => {
    const { scene, phone, bob } = await talking();
    const changes = optOutsOf(bob);
    const bare = xml("message", { to: BOB, type: "chat" }, writeOptOut(REASON));
    await scene.world.complete(phone.device.connection?.send(bare) ?? Promise.resolve());
    await scene.settle();
    expect(changes).toEqual([]);
    expect(await stateOf(scene, bob, ALICE)).toBeUndefined();
  });

  it("cannot be said in the legacy version, with an error that says so [O2-164]", async () => {
    const scene = party();
    const alice = scene.guest(ALICE);
    const bob = scene.guest(BOB, "old", { versions: [LEGACY] });
    await scene.settle();
    await scene.say(alice, BOB, "hello");
    const refused = scene.world.complete(alice.manager.optOut.request(BOB));
    await expect(refused).rejects.toMatchObject({
      code: "no-recipient-devices",
      message: expect.stringMatching(/only OMEMO 2 knows an opt-out/),
      devices: [bob.omemo],
    });
    expect(await stateOf(scene, alice, BOB)).toBeUndefined();
    await scene.say(alice, BOB, "still encrypted");
    expect(bob.texts).toEqual(["hello", "still encrypted"]);
  });

  it("needs somebody who asked before it can be agreed to, and a connection to be asked for", async () => {
    const { scene, phone } = await talking();
    const own = codeOf(phone.manager.optOut.request(ALICE));
    expect(await scene.world.complete(own)).toBe("invalid-input");
    const nobody = codeOf(phone.manager.optOut.confirm(BOB));
    expect(await scene.world.complete(nobody)).toBe("invalid-input");
    phone.device.connection?.goOffline();
    await scene.world.runFor(1000);
    const offline = codeOf(phone.manager.optOut.request(BOB));
    expect(await scene.world.complete(offline)).toBe("offline");
    expect(await stateOf(scene, phone, BOB)).toBeUndefined();
  });
});

describe("the opt-out of a whole account", () => {
  it("tells every contact, blocks the other own devices, and takes this one off the lists [O2-164, O2-166, O2-170]", async () => {
    const { scene, phone, laptop, bob } = await talking();
    const old = scene.guest("carol@example.org", "old", { versions: [LEGACY] });
    await scene.settle();
    await scene.say(phone, "carol@example.org", "hello");
    const heard = optOutsOf(laptop);
    const everywhere = phone.manager.optOut.requestEverywhere(REASON);
    const result = await scene.world.complete(everywhere);
    await scene.settle();
    expect(result.told).toEqual([BOB]);
    expect(result.failed).toMatchObject([
      { jid: old.omemo.jid, error: { code: "no-recipient-devices" } },
    ]);
    expect(heard.at(-1)).toMatchObject({ conversation: ALICE, by: ALICE, isEffective: true });
    for (const to of [BOB, "carol@example.org"]) {
      const attempt = codeOf(laptop.manager.sendMessage(to, "secret"));
      expect(await scene.world.complete(attempt)).toBe("opted-out");
    }
    const listed = async () => {
      const identities = await scene.world.complete(bob.manager.getActiveFingerprints(ALICE));
      return identities.map(({ deviceId }) => deviceId);
    };
    await scene.world.complete(bob.manager.requestDeviceListUpdateFor(ALICE));
    expect(await listed()).toEqual([laptop.omemo.deviceId]);
    await scene.world.complete(laptop.manager.optOut.confirm(ALICE));
    await scene.world.complete(bob.manager.requestDeviceListUpdateFor(ALICE));
    expect(await listed()).toEqual([]);
    expect(readable(scene)).toEqual([]);
  });

  it("holds after a restart until the user goes back [O2-168, O2-170]", async () => {
    const { scene, phone, laptop, bob } = await talking();
    await scene.world.complete(phone.manager.optOut.requestEverywhere());
    await scene.settle();
    phone.device.crash();
    await scene.settle();
    expect(await scene.world.complete(codeOf(phone.manager.initialize()))).toBe("opted-out");
    await scene.world.complete(phone.manager.optOut.revoke(ALICE));
    await scene.world.complete(phone.manager.initialize());
    await scene.settle();
    await scene.world.complete(laptop.manager.optOut.revoke(ALICE));
    expect(await scene.world.complete(laptop.manager.optOut.list())).toEqual([]);
    for (const guest of [phone, laptop]) {
      await scene.say(guest, BOB, "back again");
      expect(bob.texts.at(-1)).toBe("back again");
      expect(await stateOf(scene, bob, ALICE)).toBeUndefined();
    }
  });
});
