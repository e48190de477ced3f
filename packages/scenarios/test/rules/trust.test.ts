import { isOmemoError, OMEMO_2, type OmemoIdentity, type XmlElement } from "@omemo/core";
import { manualTrust } from "@omemo/trust";
import { describe, expect, it } from "vitest";
import { party } from "../../src/network/party.js";

const ALICE = "alice@example.org";
const BOB = "bob@example.org";

describe("trust decides sending (invariant 7)", () => {
  it("stops for undecided identities with the whole list, and changes nothing [O2-105, O2-112, L-47, L-80]", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE, "phone", { trust: manualTrust });
    const laptop = guest(ALICE, "laptop");
    const bob = guest(BOB);
    await settle();
    const { commits } = alice.device.disk;
    const error = await world
      .complete(alice.manager.sendMessage(BOB, "hello"))
      .catch((reason: unknown) => reason);
    expect(isOmemoError(error) && error.code).toBe("undecided-identities");
    const named = isOmemoError(error) ? error.identities.map(({ deviceId }) => deviceId) : [];
    expect([...named].sort()).toEqual([laptop.omemo.deviceId, bob.omemo.deviceId].sort());
    const sessions = alice.device.disk.records().filter(({ key }) => key[0] === "session");
    expect(sessions).toEqual([]);
    expect(alice.device.disk.commits - commits).toBeLessThanOrEqual(4); // device lists only
    await settle();
    expect(bob.texts).toEqual([]);
  });

  it("sends once all are decided, and leaves out the distrusted with a reason", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE, "phone", { trust: manualTrust });
    const phone = guest(BOB, "phone");
    const tablet = guest(BOB, "tablet");
    await settle();
    const identities = await world.complete(alice.manager.getActiveFingerprints(BOB));
    for (const identity of identities) {
      const isPhone = identity.deviceId === phone.omemo.deviceId;
      await world.complete(
        isPhone
          ? alice.manager.trustOmemoIdentity(identity)
          : alice.manager.distrustOmemoIdentity(identity),
      );
    }
    const sent = await world.complete(alice.manager.sendMessage(BOB, "hello"));
    await settle();
    expect(sent.skippedDevices).toMatchObject([{ device: tablet.omemo, reason: "untrusted" }]);
    expect(sent.intendedDevices).toMatchObject([{ device: phone.omemo, version: OMEMO_2 }]);
    expect([phone.texts, tablet.texts]).toEqual([["hello"], []]);
  });

  it("asks through the application's function and goes on with its decisions", async () => {
    const { world, guest, settle } = party();
    const asked: OmemoIdentity[] = [];
    const alice = guest(ALICE, "phone", {
      trust: manualTrust,
      undecided: async (identities) => {
        asked.push(...identities);
        for (const each of identities) await alice.manager.trustOmemoIdentity(each);
      },
    });
    const bob = guest(BOB);
    await settle();
    await world.complete(alice.manager.sendMessage(BOB, "hello"));
    await settle();
    expect(asked.map(({ deviceId }) => deviceId)).toEqual([bob.omemo.deviceId]);
    expect(bob.texts).toEqual(["hello"]);
  });

  it("is no success when only our own devices could read it (invariant 8)", async () => {
    const { world, guest, settle } = party();
    const alice = guest(ALICE, "phone", { trust: manualTrust, undecided: "skip" });
    const laptop = guest(ALICE, "laptop");
    guest(BOB);
    await settle();
    for (const own of await world.complete(alice.manager.getActiveFingerprints(ALICE))) {
      await world.complete(alice.manager.trustOmemoIdentity(own));
    }
    const error = await world
      .complete(alice.manager.sendMessage(BOB, "hello"))
      .catch((reason: unknown) => reason);
    expect(isOmemoError(error) && error.code).toBe("no-recipient-devices");
    await settle();
    expect(laptop.texts).toEqual([]);
  });

  it("delivers from undecided senders, marked [O2-106, O2-107, L-64]", async () => {
    const { guest, settle, say } = party();
    const alice = guest(ALICE);
    const bob = guest(BOB, "phone", { trust: manualTrust });
    await settle();
    await say(alice, BOB, "hello");
    expect(bob.messages).toMatchObject([{ body: "hello", trust: "undecided" }]);
  });

  it("takes a changed key for a new, undecided identity and sends it nothing [O2-109]", async () => {
    const { world, guest, settle, say } = party();
    const alice = guest(ALICE, "phone", { trust: manualTrust, versions: [OMEMO_2] });
    const bob = guest(BOB, "phone", { versions: [OMEMO_2] });
    await settle();
    for (const each of await world.complete(alice.manager.getActiveFingerprints(BOB))) {
      await world.complete(alice.manager.trustOmemoIdentity(each));
    }
    await say(alice, BOB, "to the right key");
    const mallory = guest("mallory@example.org", "phone", {
      versions: [OMEMO_2],
      deviceId: bob.omemo.deviceId,
    });
    await settle();
    // The server gives Mallory's key exchange out as Bob's.
    let forged: XmlElement | undefined;
    world.network.behaviour = {
      push: (event, to) => {
        if (event.kind !== "message" || to.account !== ALICE) return [event];
        if (!event.stanza.attrs.from?.startsWith("mallory@")) return [event];
        forged = { ...event.stanza, attrs: { ...event.stanza.attrs, from: BOB } };
        return [{ ...event, stanza: forged }];
      },
    };
    await world.complete(mallory.manager.sendRatchetUpdateMessage(alice.omemo));
    await settle();
    expect(forged).toBeDefined();
    expect(alice.identities.at(-1)).toMatchObject({ isChangedKey: true });
    expect(alice.controls.at(-1)).toMatchObject({ trust: "undecided" });
    const error = await world
      .complete(alice.manager.sendMessage(BOB, "secret"))
      .catch((reason: unknown) => reason);
    expect(isOmemoError(error) && error.code).toBe("undecided-identities");
    await settle();
    // No automatic answer went to the new key either [O2-109].
    expect(mallory.controls).toEqual([]);
    expect(bob.texts).toEqual(["to the right key"]);
  });
});
