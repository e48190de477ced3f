import { isOmemoError } from "@omemo/core";
import { runSeeds, type SeededRandom, seededRandom } from "@omemo/testkit";
import {
  allowListTrust,
  blindTrust,
  blindTrustBeforeVerification,
  comparedOnlyTrust,
  manualTrust,
  pinnedTrust,
  trustOnFirstUse,
} from "@omemo/trust";
import { writeTrustMessage } from "@omemo/trust/atm";
import { expect, it } from "vitest";
import { firstSeed, shareOfSeeds } from "../../src/network/seeds.js";
import {
  ALICE,
  BOB,
  lieAboutDevices,
  MALLORY,
  type MakeTrust,
  type Truster,
  type TrustScene,
  trustScene,
} from "../../src/network/trustScene.js";

const count = shareOfSeeds(0.04);
const CAROL = "carol@example.org";

const POLICIES: readonly MakeTrust[] = [
  ({ store }) => manualTrust(store),
  ({ store }) => trustOnFirstUse(store),
  ({ store }) => trustOnFirstUse(store, { newDevices: "ask" }),
  ({ store }) => blindTrust(store),
  ({ store }) => blindTrustBeforeVerification(store),
  ({ store }) => comparedOnlyTrust(store, () => true),
  ({ store }) => allowListTrust(store, [CAROL, BOB]),
  ({ store }) => pinnedTrust(store, { [BOB]: ["0f".repeat(32)] }),
];

interface Cast {
  readonly scene: TrustScene;
  readonly dice: SeededRandom;
  /** Alice's devices, and Bob's phone: what they want is the truth. */
  readonly honest: readonly Truster[];
  /** Of Bob, who vouches for keys that are not his. */
  readonly liar: Truster;
  readonly carol: Truster;
  readonly mallory: Truster;
}

/** Alice compares her own devices and Bob's phone, as people do. */
async function invite(seed: number): Promise<Cast & { readonly third: Truster }> {
  const dice = seededRandom(`trust ${seed}`);
  const scene = trustScene(seed);
  const [phone, laptop, third] = ["phone", "laptop", "third"].map((name) =>
    scene.truster(ALICE, name),
  ) as [Truster, Truster, Truster];
  const bob = scene.truster(BOB, "phone");
  const liar = scene.truster(BOB, "tablet");
  const carol = scene.truster(CAROL, "phone", dice.pick(POLICIES));
  const mallory = scene.truster(MALLORY, "phone", ({ store }) => blindTrust(store));
  await scene.rest();
  const pairs = dice.shuffle([
    [phone, laptop],
    [laptop, phone],
    [third, phone],
    [phone, third],
    [phone, bob],
    [bob, phone],
    [bob, liar],
    [liar, phone],
  ] as const);
  const honest = [phone, laptop, third, bob];
  const cast = { scene, dice, honest, liar, carol, mallory };
  for (const [decider, subject] of pairs) {
    await decider.decide(subject, "authenticated");
    await upheaval(cast);
    if (dice.chance(0.3)) third.guest.device.crash();
    await scene.settle();
  }
  return { ...cast, third };
}

/** Somebody writes, and the server lies anew. */
async function upheaval({ scene, dice, honest, liar, carol, mallory }: Cast): Promise<void> {
  scene.world.network.behaviour = lieAboutDevices(scene, dice, [...honest, liar], mallory);
  await scene.settle();
  const to = dice.pick([ALICE, BOB]);
  await attempt(scene, dice.pick([...honest, carol]), to);
  await vouchFalsely(scene, dice, liar, mallory);
}

async function attempt({ world }: TrustScene, from: Truster, to: string): Promise<void> {
  await world.complete(from.guest.manager.sendMessage(to, "hello")).catch((error: unknown) => {
    if (!isOmemoError(error)) throw error; // nobody may read it, or nobody is there
  });
}

/** Mallory's key as one of Alice's and of Carol's; of Bob's own he may say what he likes. */
async function vouchFalsely(
  { world }: TrustScene,
  dice: SeededRandom,
  liar: Truster,
  mallory: Truster,
): Promise<void> {
  const { fingerprint } = mallory.identity();
  const lies = [ALICE, CAROL, MALLORY].map((jid) => {
    return { jid: jid as typeof ALICE, fingerprint, verdict: "trust" as const };
  });
  await world
    .complete(
      liar.guest.manager.sendContent(ALICE, [writeTrustMessage([dice.pick(lies)])], {
        isFor: ({ jid }) => jid === ALICE,
      }),
    )
    .catch((error: unknown) => {
      if (!isOmemoError(error)) throw error;
    });
}

it(`policies hold and decisions agree, whatever server and contacts do: ${count} seeds [ATM-01, ATM-05, ATM-11, TM-05]`, {
  timeout: 3_600_000,
}, async () => {
  let encrypted = 0;
  const replay = (seed: number) => `OMEMO_FIRST_SEED=${seed} OMEMO_SEEDS=1`;
  await runSeeds({ first: firstSeed(), count, replay }, async (seed) => {
    const { scene, honest, liar, carol, mallory } = await invite(seed);
    scene.world.network.behaviour = {};
    for (const { guest } of [...honest, liar]) {
      for (const jid of [ALICE, BOB]) {
        await scene.world.complete(guest.manager.requestDeviceListUpdateFor(jid));
      }
    }
    await scene.world.runFor(2 * 3_600_000);
    await scene.rest();
    const everybody = [...honest, liar, carol];
    for (const truster of everybody) expect(truster.forbidden, truster.guest.name).toEqual([]);
    const [phone, laptop, third, bob] = honest as [Truster, Truster, Truster, Truster];
    for (const own of [phone, laptop, third]) {
      for (const other of [phone, laptop, third, bob]) {
        if (other !== own) expect(await own.levelOf(other), own.guest.name).toBe("authenticated");
      }
      for (const jid of [ALICE, MALLORY]) {
        const forged = { ...mallory.identity(), jid };
        expect(await own.levelOf(forged), "a false voucher").not.toBe("authenticated");
      }
    }
    // From now on nobody of Alice's encrypts for a key that was not compared.
    scene.world.network.behaviour = lieAboutDevices(scene, seededRandom(seed), [bob], mallory);
    await scene.settle();
    const { fingerprint } = mallory.identity();
    const before = [phone, laptop, third].map(({ used }) => used.has(fingerprint));
    for (const own of [phone, laptop, third]) await attempt(scene, own, BOB);
    const after = [phone, laptop, third].map(({ used }) => used.has(fingerprint));
    expect(after).toEqual(before);
    for (const truster of everybody) encrypted += truster.used.size;
  });
  expect(encrypted).toBeGreaterThan(8 * count);
});
