import { readKeyMessage } from "../../observation/keyMessage.js";
import { type SeededRandom, seededRandom } from "../../random/seededRandom.js";
import { assertEqual, present } from "../assertions.js";
import type { BackendTest } from "./backendTest.js";
import { friends, type Letter, Party, strangers, text } from "./party.js";

/** Messages of a conversation, by its seed. */
const CONVERSATIONS = { long: 1000, short: 250, shorter: 200 };
/** Messages that one side sends before the other answers. */
const MAX_BURST = 16;

/** Established sessions. */
export function conversationTests(test: BackendTest): void {
  test("converses for a thousand messages in shuffled order", async (backend, version) => {
    for (const [seed, messages] of Object.entries(CONVERSATIONS)) {
      const { alice, bob } = await strangers(backend, version);
      bob.givesAllParts = seed === "short";
      await converse(alice, bob, messages, seededRandom(seed));
    }
  });

  test("carries plaintexts of any length", async (backend, version) => {
    const { alice, bob } = await friends(backend, version);
    const { bytes } = seededRandom("lengths");
    for (const length of [0, 1, 15, 16, 17, 31, 32, 33, 48, 255, 256, 5000]) {
      await bob.open(await alice.seal(bytes(length)));
    }
  });

  test("encrypts for many sessions in the order given", async (backend, version) => {
    const bobs = await Promise.all([1, 2, 3, 4, 5].map(() => Party.create(backend, version)));
    const alices: Party[] = [];
    for (const bob of bobs) {
      const alice = await Party.create(backend, version);
      await alice.initiate(await bob.bundle());
      alices.push(alice);
    }
    assertEqual(await backend.encryptFor([], text("nobody")), [], "no session");
    const sessions = alices.map((alice) => alice.loaded([]));
    const sealed = await backend.encryptFor(sessions, text("everybody"));
    assertEqual(sealed.length, bobs.length, "answers");
    for (const [index, bob] of bobs.entries()) {
      const { message, isKeyExchange } = present(sealed[index], "an answer");
      await bob.open({ bytes: message, isKeyExchange, plaintext: text("everybody") });
    }
  });

  test("counts what was sent and heard, if it tells where a session stands", async (backend, version) => {
    const { alice, bob } = await friends(backend, version);
    for (const content of ["one", "two", "three"]) await bob.open(await alice.seal(text(content)));
    const [sender, listener] = [alice, bob].map((each) => backend.countersOf?.(each.loaded([])));
    if (sender === undefined || listener === undefined) return;
    assertEqual([sender.sent, listener.received], [4, 4], "messages of the chain");
    assertEqual([sender.isPending, listener.isPending], [false, false], "waiting for an answer");
  });

  test("uses one message key twice when asked twice from one state, so callers take turns [O2-66]", async (backend, version) => {
    const { alice, bob } = await friends(backend, version);
    const session = alice.loaded([]);
    const answers = await Promise.all(
      ["one", "two"].map((content) => backend.encryptFor([session], text(content))),
    );
    const letters = answers.map(([sealed], index): Letter => {
      const { message, isKeyExchange } = present(sealed, "an answer");
      return { bytes: message, isKeyExchange, plaintext: text(index === 0 ? "one" : "two") };
    });
    const headers = letters.map(({ bytes }) => readKeyMessage(version, bytes, false));
    assertEqual(headers[0]?.counter, headers[1]?.counter, "counters");
    assertEqual(headers[0]?.ratchetKey, headers[1]?.ratchetKey, "ratchet keys");
    await bob.open(present(letters[0], "the first"));
    const second = await bob.attempt(present(letters[1], "the second"));
    assertEqual(second, { kind: "refused", reason: "duplicate" }, "the second");
  });

  test("gives the same answer for the same state, and leaves it usable", async (backend, version) => {
    const { alice, bob } = await friends(backend, version);
    const early = await alice.seal(text("early"));
    const late = await alice.seal(text("late"));
    await bob.attempt(late);
    await bob.attempt(late);
    await bob.open(early);
    await bob.open(late);
  });

  test("tells position and chain of each message [O2-139, O2-140]", async (backend, version) => {
    const { alice, bob } = await friends(backend, version);
    await alice.open(await bob.seal(text("a new chain of Alice begins")));
    const first = await bob.open(await alice.seal(text("0")));
    const second = await bob.open(await alice.seal(text("1")));
    assertEqual([first.counter, second.counter], [0, 1], "counters");
    assertEqual(first.ratchetKey, second.ratchetKey, "chain");
    await alice.open(await bob.seal(text("and another")));
    const third = await bob.open(await alice.seal(text("0")));
    assertEqual(third.counter, 0, "counter in the next chain");
    assertEqual(
      `${third.ratchetKey}` === `${first.ratchetKey}`,
      false,
      "the next chain is the same",
    );
  });
}

/**
 * Both send bursts in turn; letters arrive in any order, up to two turns late, and come again once
 * they were read.
 */
async function converse(
  alice: Party,
  bob: Party,
  messages: number,
  random: SeededRandom,
): Promise<void> {
  const underWay: { readonly to: Party; readonly letter: Letter; readonly turn: number }[] = [];
  let sent = 0;
  for (let turn = 0; sent < messages; turn += 1) {
    const [from, to] = turn % 2 === 0 ? [alice, bob] : [bob, alice];
    for (let left = 1 + random.below(MAX_BURST); left > 0; left -= 1) {
      underWay.push({ to, letter: await from.seal(random.bytes(32)), turn });
      sent += 1;
    }
    const isLast = sent >= messages;
    // One letter of each turn has to arrive, or the other side could not answer in a new chain.
    const certain = random.pick(underWay.filter((each) => each.turn === turn));
    for (const each of random.shuffle(underWay)) {
      const waits = !isLast && each !== certain && each.turn > turn - 2 && random.chance(0.4);
      if (waits) continue;
      underWay.splice(underWay.indexOf(each), 1);
      await each.to.open(each.letter);
      if (!random.chance(0.2)) continue;
      const again = await each.to.attempt(each.letter);
      assertEqual(again, { kind: "refused", reason: "duplicate" }, "a repetition");
    }
  }
}
