import { LEGACY, type OmemoVersion } from "@omemo/core";
import { forgeCounter } from "../../observation/keyMessage.js";
import { assertEqual, present } from "../assertions.js";
import type { BackendTest } from "./backendTest.js";
import { friends, type Letter, type Party, text } from "./party.js";

/** Largest jump of a counter in one chain [O2-60, W-84]. */
const JUMP: Readonly<Record<OmemoVersion, number>> = {
  "eu.siacs.conversations.axolotl": 25_000,
  "urn:xmpp:omemo:2": 1000,
};

/** What hostile counters cost, and what is kept for late messages. */
export function limitTests(test: BackendTest): void {
  test("refuses a counter beyond the limit without doing the work [O2-60, W-84]", async (backend, version) => {
    const { alice, bob } = await friends(backend, version);
    const letter = await alice.seal(text("next"));
    const next = (await bob.attempt(letter)) as { readonly counter?: number };
    const expected = present(next.counter, "the counter of the next message");
    const forged = (counter: number) =>
      bob.attempt({ bytes: forgeCounter(version, letter.bytes, counter), isKeyExchange: false });
    const tooMany = { kind: "refused", reason: "too-many-skipped" };
    // Ten times the largest counter of all: who did the work would never come back.
    for (let round = 0; round < 10; round += 1) {
      assertEqual(await forged(0xffff_ffff), tooMany, "the largest counter");
    }
    const limit = expected + JUMP[version];
    assertEqual(await forged(limit + 1), tooMany, "one more than the limit");
    const justAllowed = { kind: "refused", reason: "not-authentic" };
    assertEqual(await forged(limit), justAllowed, "a forgery at the limit");
    await bob.open(letter);
  });

  test("reads across a gap, and everything in the gap later", async (backend, version) => {
    const { alice, bob } = await friends(backend, version);
    const letters = await sealMany(alice, 1001);
    await bob.open(letterAt(letters, 1000));
    for (const index of [0, 999, 500, 31, 32, 33, 998, 1]) await bob.open(letterAt(letters, index));
    const again = await bob.attempt(letterAt(letters, 500));
    assertEqual(again, { kind: "refused", reason: "duplicate" }, "a repetition out of the gap");
  });

  test("drops the oldest skipped keys first, and not one too many [O2-59, O2-64, W-83]", async (backend, version) => {
    const { alice, bob } = await friends(backend, version);
    if (version === LEGACY) {
      const letters = await sealMany(alice, 2101);
      await bob.open(letterAt(letters, 2100));
      await keepsOnly(bob, letters, 100);
      return;
    }
    await alice.open(await bob.seal(text("a new chain of Alice begins")));
    const older = await sealMany(alice, 601);
    await bob.open(letterAt(older, 600));
    await alice.open(await bob.seal(text("and another")));
    const newer = await sealMany(alice, 601);
    await bob.open(letterAt(newer, 600));
    await keepsOnly(bob, older, 200);
    await bob.open(letterAt(newer, 0));
    await bob.open(letterAt(newer, 599));
  });

  test("a jump over the limit stops one message, and none that follow in order [O2-63]", async (backend, version) => {
    if (version === LEGACY) return;
    const { alice, bob } = await friends(backend, version);
    const letters = await sealMany(alice, 1002);
    const far = await bob.attempt(letterAt(letters, 1001));
    assertEqual(far, { kind: "refused", reason: "too-many-skipped" }, "1001 skipped");
    await bob.open(letterAt(letters, 1000));
    await bob.open(letterAt(letters, 1001));
  });
}

async function sealMany(from: Party, count: number): Promise<readonly Letter[]> {
  const letters: Letter[] = [];
  for (let index = 0; index < count; index += 1) letters.push(await from.seal(text(`${index}`)));
  return letters;
}

function letterAt(letters: readonly Letter[], index: number): Letter {
  return present(letters[index], `letter ${index}`);
}

async function keepsOnly(reader: Party, letters: readonly Letter[], first: number): Promise<void> {
  for (const index of [0, first - 1]) {
    const dropped = await reader.attempt(letterAt(letters, index));
    assertEqual(dropped.kind, "refused", `letter ${index}, whose key was dropped`);
  }
  await reader.open(letterAt(letters, first));
  await reader.open(letterAt(letters, first + 1));
}
