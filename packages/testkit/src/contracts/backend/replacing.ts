import { assertEqual } from "../assertions.js";
import type { BackendTest } from "./backendTest.js";
import { friends, type Letter, Party, text } from "./party.js";

/** Sessions that take the place of others. */
export function replacingTests(test: BackendTest): void {
  test("lets crossed exchanges come together [O2-123, W-87]", async (backend, version) => {
    const [alice, bob] = [
      await Party.create(backend, version),
      await Party.create(backend, version),
    ];
    await alice.initiate(await bob.bundle());
    await bob.initiate(await alice.bundle());
    const fromAlice = [await alice.seal(text("a1")), await alice.seal(text("a2"))];
    const fromBob = [await bob.seal(text("b1")), await bob.seal(text("b2"))];
    const [a1, a2, b1, b2] = [...fromAlice, ...fromBob] as [Letter, Letter, Letter, Letter];
    assertEqual((await bob.open(a1)).isNewSession, true, "Bob's view");
    assertEqual((await alice.open(b1)).isNewSession, true, "Alice's view");
    const crossing = [await alice.seal(text("a3")), await bob.seal(text("b3"))] as const;
    await bob.open(crossing[0]);
    await alice.open(crossing[1]);
    await bob.open(a2);
    await alice.open(b2);
    await takeTurns(alice, bob, 6);
  });

  test("reads what was sent in a session that was replaced since [O2-123, W-81]", async (backend, version) => {
    const { alice, bob } = await friends(backend, version);
    const late = [await bob.seal(text("late 1")), await bob.seal(text("late 2"))] as const;
    await alice.initiate(await bob.bundle());
    const fresh = await alice.seal(text("a new beginning"));
    assertEqual(fresh.isKeyExchange, true, "the new session begins with an exchange");
    await alice.open(late[1]);
    assertEqual((await bob.open(fresh)).isNewSession, true, "Bob's view");
    await alice.open(late[0]);
    await takeTurns(alice, bob, 6);
  });

  test("sends in the newest session, and keeps many for reading [O2-122, W-85]", async (backend, version) => {
    const { alice, bob } = await friends(backend, version);
    const late: Letter[] = [];
    for (let round = 0; round < 12; round += 1) {
      late.push(await alice.seal(text(`late ${round}`)));
      const [pair] = await backend.generateKeyPairs(1);
      if (pair !== undefined) bob.preKeys.set(100 + round, pair);
      await alice.initiate(await bob.bundle(100 + round));
      const opened = await bob.open(await alice.seal(text(`fresh ${round}`)));
      assertEqual(opened.isNewSession, true, "a new session");
    }
    for (const letter of late.reverse()) await bob.open(letter);
    await takeTurns(bob, alice, 6);
  });

  test("shows the identity of the session that a message was read in [W-65]", async (backend, version) => {
    const { alice, bob } = await friends(backend, version);
    const { identityKey } = await bob.open(await alice.seal(text("who am I")));
    assertEqual(identityKey, alice.identity.publicKey, "identity");
  });
}

async function takeTurns(first: Party, second: Party, turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    const [from, to] = turn % 2 === 0 ? [first, second] : [second, first];
    await to.open(await from.seal(text(`turn ${turn}`)));
  }
}
