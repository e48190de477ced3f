import { bareJid, isOmemoError, LEGACY, OMEMO_2 } from "@omemo/core";
import { deviceListNode } from "@omemo/core/wire";
import { manualTrust } from "@omemo/trust";
import { describe, expect, it } from "vitest";
import { type Guest, type GuestOptions, type Party, party } from "../../src/network/party.js";

const ALICE = "alice@example.org";
const BOB = bareJid("bob@example.org");

describe("a server that hides the list of OMEMO 2", () => {
  it.each([
    ["from the beginning", false],
    ["from somebody who knew it", true],
  ])("%s brings a message into the legacy version, which its result says", async (_, isKnown) => {
    const { at, alice, bob } = await friends({});
    if (isKnown) await at.say(alice, BOB, "in OMEMO 2");
    const emptied: (string | undefined)[] = [];
    alice.manager.on("device-list", ({ version, devices }) => {
      if (devices.length === 0) emptied.push(version);
    });
    await hideOmemo2(at, alice);
    expect(emptied).toEqual(isKnown ? [OMEMO_2] : []); // all that is told beforehand
    const sent = await at.world.complete(alice.manager.sendMessage(BOB, "hello"));
    expect(sent.intendedDevices).toMatchObject([{ device: bob.omemo, version: LEGACY }]);
    await at.settle();
    expect(bob.messages.at(-1)).toMatchObject({ body: "hello", version: LEGACY });
  });

  it("reaches nothing where the application speaks OMEMO 2 alone (invariant 4)", async () => {
    const { at, alice, bob } = await friends({ versions: [OMEMO_2] });
    await hideOmemo2(at, alice);
    const error = await at.world
      .complete(alice.manager.sendMessage(BOB, "hello"))
      .catch((reason: unknown) => reason);
    expect(isOmemoError(error) && error.code).toBe("no-recipient-devices");
    await at.settle();
    expect(bob.texts).toEqual([]);
  });

  it("cannot pass another key off: a decision holds for the key in both versions [O2-181]", async () => {
    const { at, alice } = await friends({ trust: (store) => manualTrust(store) });
    for (const key of await at.world.complete(alice.manager.getActiveFingerprints(BOB))) {
      await at.world.complete(alice.manager.trustOmemoIdentity(key));
    }
    await hideOmemo2(at, alice);
    const sent = await at.world.complete(alice.manager.sendMessage(BOB, "hello"));
    expect(sent.intendedDevices).toMatchObject([{ version: LEGACY, trust: "trusted" }]);
  });
});

async function friends(
  options: GuestOptions,
): Promise<{ readonly at: Party; readonly alice: Guest; readonly bob: Guest }> {
  const at = party();
  const alice = at.guest(ALICE, "phone", options);
  const bob = at.guest(BOB);
  await at.settle();
  return { at, alice, bob };
}

/** And Alice asks anew. */
async function hideOmemo2({ world }: Party, { manager }: Guest): Promise<void> {
  const hidden = deviceListNode(OMEMO_2);
  world.network.behaviour = {
    item: ({ owner, node }, honest) => (owner === BOB && node === hidden ? undefined : honest),
  };
  await world.complete(manager.requestDeviceListUpdateFor(BOB));
}
