import {
  bareJid,
  isOmemoError,
  LEGACY,
  OMEMO_2,
  type OmemoDevice,
  type OmemoStore,
} from "@omemo/core";
import { bundleNode } from "@omemo/core/wire";
import { addDevice, combineLies } from "@omemo/testkit";
import {
  blindTrust,
  blindTrustBeforeVerification,
  comparedOnlyTrust,
  manualTrust,
  pinnedTrust,
  type TrustPolicy,
  trustOnFirstUse,
} from "@omemo/trust";
import { describe, expect, it } from "vitest";
import { type Guest, type Party, party } from "../../src/network/party.js";

const ALICE = "alice@example.org";
const BOB = bareJid("bob@example.org");
const MALLORY = bareJid("mallory@example.org");

type MakePolicy = (store: OmemoStore, bobsKey: () => string) => TrustPolicy;

const askOnFirstUse: MakePolicy = (store) => trustOnFirstUse(store, { newDevices: "ask" });
const pins: MakePolicy = (store, bobsKey) => pinnedTrust(store, { [BOB]: [bobsKey()] });

const NOTICING: readonly (readonly [string, MakePolicy])[] = [
  ["manual trust", (store) => manualTrust(store)],
  ["trust on first use that asks about new devices", askOnFirstUse],
  [
    "blind trust before verification, once a key was compared",
    (store) => blindTrustBeforeVerification(store),
  ],
  ["compared keys only", (store) => comparedOnlyTrust(store, () => true)],
];

const HELPLESS: readonly (readonly [string, MakePolicy])[] = [
  ["blind trust", (store) => blindTrust(store)],
  ["trust on first use", (store) => trustOnFirstUse(store)],
];

describe("a device that the server adds to a contact's list", () => {
  it.each(NOTICING)(
    "stops the message and is named, under %s [O2-105, O2-112]",
    async (_, make) => {
      const { added, send } = await deceived(make);
      const error = await send().catch((reason: unknown) => reason);
      expect(isOmemoError(error) && error.code).toBe("undecided-identities");
      expect(isOmemoError(error) && error.identities).toMatchObject([added]);
    },
  );

  it("is left out and named where keys are pinned [O2-105]", async () => {
    const { bob, added, send } = await deceived(pins);
    const { intendedDevices, skippedDevices } = await send();
    expect(intendedDevices).toMatchObject([{ device: bob.omemo }]);
    expect(skippedDevices).toMatchObject([{ device: added, reason: "untrusted" }]);
  });

  // The limit of these policies, and the proof that the tests above would notice.
  it.each(HELPLESS)("can read along under %s", async (_, make) => {
    const { added, send } = await deceived(make);
    const { intendedDevices } = await send();
    expect(intendedDevices.map(({ device }) => device)).toContainEqual(added);
  });

  it("is told of when it comes onto the list, whatever the policy", async () => {
    const { lists, added } = await deceived((store) => blindTrust(store));
    expect(lists.at(-1)).toContainEqual(added);
  });
});

interface Deceived {
  readonly bob: Guest;
  readonly added: OmemoDevice;
  /** Each device list of Bob's as Alice was told of it. */
  readonly lists: readonly (readonly OmemoDevice[])[];
  send(): ReturnType<Guest["manager"]["sendMessage"]>;
}

/** Alice compared Bob's key and wrote to him; then the server shows Mallory's device as his. */
async function deceived(make: MakePolicy): Promise<Deceived> {
  const at = party();
  const bob = at.guest(BOB);
  const mallory = at.guest(MALLORY);
  await at.settle();
  let policy: TrustPolicy | undefined;
  const trust = (store: OmemoStore): TrustPolicy => {
    policy = make(store, () => bob.manager.getOwnFingerprint());
    return policy;
  };
  const alice = at.guest(ALICE, "phone", { trust });
  await at.settle();
  const lists: (readonly OmemoDevice[])[] = [];
  alice.manager.on("device-list", ({ owner, devices }) => {
    if (owner === BOB) lists.push(devices);
  });
  const known = await at.world.complete(alice.manager.getActiveFingerprints(BOB));
  for (const key of known) {
    await at.world.complete(policy?.decide(key, "authenticated") ?? Promise.resolve());
  }
  await at.say(alice, BOB, "before");
  const added = { ...mallory.omemo, jid: BOB };
  showAsBobs(at, mallory.omemo.deviceId);
  await at.world.complete(alice.manager.requestDeviceListUpdateFor(BOB));
  await at.settle();
  const send = () => at.world.complete(alice.manager.sendMessage(BOB, "secret"));
  return { bob, added, lists, send };
}

/** The server lists Mallory's device among Bob's, and gives her bundle for it. */
function showAsBobs({ world: { network } }: Party, id: OmemoDevice["deviceId"]): void {
  const { nodes } = network.account(MALLORY).pep;
  const bundles = [OMEMO_2, LEGACY].map((version) => bundleNode(version, id));
  network.behaviour = combineLies(addDevice(BOB, id), {
    item: ({ owner, node, itemId }, honest) => {
      const bundle = bundles.find((each) => owner === BOB && each.node === node);
      if (bundle === undefined || (itemId ?? bundle.itemId) !== bundle.itemId) return honest;
      return nodes.get(bundle.node)?.items.get(bundle.itemId) ?? honest;
    },
  });
}
