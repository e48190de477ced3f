import {
  DEFAULT_LIMITS,
  type DeviceId,
  LEGACY,
  OMEMO_2,
  type OmemoVersion,
  type XmlElement,
} from "@omemo/core";
import { bundleNode, deviceListNode, readBundle } from "@omemo/core/wire";
import type { Simulation } from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import { published } from "../../src/network/deviceLists.js";
import { type Party, party } from "../../src/network/party.js";

const ALICE = "alice@example.org";
const BOB = "bob@example.org";
const DAY = 86_400_000;

/** How often an account asked for an item of a node. */
function fetches({ network }: Simulation, account: string, node: string): number {
  return network.log.filter(
    ({ direction, kind, detail, account: asker }) =>
      asker === account && direction === "sent" && kind === "fetchItem" && detail.includes(node),
  ).length;
}

function bundleOf({ world }: Party, owner: string, version: OmemoVersion, deviceId: DeviceId) {
  const { node, itemId } = bundleNode(version, deviceId);
  const bundle = readBundle(version, published(world, owner, node, itemId) as XmlElement);
  if ("kind" in bundle) throw new RangeError("a bundle of ours that cannot be read");
  return bundle;
}

describe.each([OMEMO_2, LEGACY] as const)("device lists and bundles of %s", (version) => {
  it("offer a hundred prekeys, and are filled up before they run low [O2-37, O2-38, L-15, L-16]", async () => {
    const at = party();
    const alice = at.guest(ALICE, "phone", { versions: [version], limits: DEFAULT_LIMITS });
    const bobs = ["phone", "tablet"].map((name) => at.guest(BOB, name, { versions: [version] }));
    await at.settle();
    const offered = () =>
      bundleOf(at, ALICE, version, alice.omemo.deviceId).preKeys.map(({ id }) => id);
    const before = offered();
    expect(before).toHaveLength(100);
    for (const bob of bobs) await at.say(bob, ALICE, "hello");
    expect(offered()).toHaveLength(100);
    expect(offered().filter((id) => !before.includes(id))).toHaveLength(2);
  });

  it("are not fetched, and begin no session, because a device is announced [O2-39c, O2-49, L-67]", async () => {
    const at = party();
    at.world.network.befriend(ALICE, BOB);
    const alice = at.guest(ALICE, "phone", { versions: [version] });
    await at.settle();
    const bob = at.guest(BOB, "phone", { versions: [version] });
    await at.settle();
    const { node } = bundleNode(version, bob.omemo.deviceId);
    const heard = at.world.network.log.filter(
      ({ account, direction, kind }) =>
        account === ALICE && direction === "received" && kind === "item",
    );
    expect(heard.some(({ detail }) => detail.includes(`${BOB} ${deviceListNode(version)}`))).toBe(
      true,
    );
    expect(heard.filter(({ detail }) => detail.includes(`${BOB} ${node}`))).toEqual([]);
    expect(fetches(at.world, ALICE, `${BOB} ${node}`)).toBe(0);
    const sessions = alice.device.disk.records().filter(({ key }) => key[0] === "session");
    expect(sessions.filter(({ key }) => key.includes(BOB))).toEqual([]);
  });

  it("of somebody unknown who writes are asked for, once [O2-22]", async () => {
    const at = party();
    at.guest(ALICE, "phone", { versions: [version] });
    const bob = at.guest(BOB, "phone", { versions: [version] });
    await at.settle();
    const lists = `${BOB} ${deviceListNode(version)}`;
    expect(fetches(at.world, ALICE, lists)).toBe(0);
    await at.say(bob, ALICE, "you do not know me");
    expect(fetches(at.world, ALICE, lists)).toBe(1);
    await at.say(bob, ALICE, "now you do");
    expect(fetches(at.world, ALICE, lists)).toBe(1);
  });

  it("without use leave their device alone for a while, and nobody else [O2-39b, L-24]", async () => {
    const at = party();
    const alice = at.guest(ALICE, "phone", { versions: [version] });
    const phone = at.guest(BOB, "phone", { versions: [version] });
    const broken = at.guest(BOB, "tablet", { versions: [version] });
    await at.settle();
    const { node, itemId } = bundleNode(version, broken.omemo.deviceId);
    const isBroken = (request: { readonly node: string; readonly itemId: string | undefined }) =>
      request.node === node && (version === LEGACY || request.itemId === itemId);
    let asked = 0;
    at.world.network.behaviour = {
      item: (request, honest) => {
        if (request.by.account !== ALICE || !isBroken(request)) return honest;
        asked += 1;
        return undefined;
      },
    };
    const sent = await at.world.complete(alice.manager.sendMessage(BOB, "one"));
    expect(sent.skippedDevices).toMatchObject([{ device: broken.omemo, reason: "no-bundle" }]);
    const askedAtFirst = asked;
    await at.world.complete(alice.manager.sendMessage(BOB, "two"));
    expect(asked).toBe(askedAtFirst);
    await at.world.runFor(DEFAULT_LIMITS.bundleFailurePause);
    await at.world.complete(alice.manager.sendMessage(BOB, "three"));
    expect(asked).toBeGreaterThan(askedAtFirst);
    await at.settle();
    expect(phone.texts).toEqual(["one", "two", "three"]);
  });

  it("get a new signed prekey at the next start when it was due while nobody ran [O2-51]", async () => {
    const at = party();
    const alice = at.guest(ALICE, "phone", { versions: [version] });
    await at.settle();
    const { deviceId } = alice.omemo;
    expect(bundleOf(at, ALICE, version, deviceId).signedPreKeyId).toBe(1);
    alice.device.stop();
    await at.world.runFor(40 * DAY);
    expect(bundleOf(at, ALICE, version, deviceId).signedPreKeyId).toBe(1);
    alice.start();
    await at.settle();
    expect(bundleOf(at, ALICE, version, deviceId).signedPreKeyId).toBe(2);
  });
});

describe("what stands outside of what is encrypted", () => {
  it("is the store hint, the name of the encryption, and a body in the legacy version alone [SCE-11, EME-06, HINT-01]", async () => {
    for (const version of [OMEMO_2, LEGACY] as const) {
      const at = party();
      const alice = at.guest(ALICE, "phone", { versions: [version] });
      at.guest(BOB, "phone", { versions: [version] });
      await at.settle();
      const sent = await at.world.complete(alice.manager.sendMessage(BOB, "inside"));
      const [stanza] = sent.stanzas;
      const names = (stanza?.children ?? []).map((child) =>
        typeof child === "string" ? child : child.name,
      );
      const expected = ["encrypted", "encryption", "store", "origin-id"];
      expect(names.sort()).toEqual([...expected, ...(version === LEGACY ? ["body"] : [])].sort());
      expect(JSON.stringify(stanza)).not.toContain("inside");
    }
  });
});

describe("a carbon of what another device of ours sent", () => {
  it("is answered to nobody but that device, whose exchange it completes [CARB-07]", async () => {
    const at = party();
    const phone = at.guest(ALICE, "phone");
    const tablet = at.guest(ALICE, "tablet");
    const bob = at.guest(BOB);
    await at.settle();
    await at.say(phone, BOB, "from the phone");
    expect([tablet.texts, bob.texts]).toEqual([["from the phone"], ["from the phone"]]);
    const answers = at.world.network.log.filter(
      ({ account, resource, direction, kind }) =>
        account === ALICE && resource === "tablet" && direction === "sent" && kind === "message",
    );
    expect(answers.length).toBeGreaterThan(0);
    expect(answers.map(({ stanza }) => stanza?.attrs.to?.split("/")[0])).toEqual(
      answers.map(() => ALICE),
    );
  });
});
