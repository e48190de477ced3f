import { isOmemoError, LEGACY, OMEMO_2, type OmemoVersion, type SessionHead } from "@omemo/core";
import { type SeededRandom, seededRandom } from "../../random/seededRandom.js";
import { assert, assertEqual } from "../assertions.js";
import type { BackendTest } from "./backendTest.js";
import { flip } from "./keys.js";
import { friends, type Letter, type Party, strangers, text } from "./party.js";

const HOSTILE_ROUNDS = 1000;

/** Bytes that nobody honest wrote. */
export function hostilityTests(test: BackendTest): void {
  test("refuses a message with any byte changed, and still reads the original [O2-57, W-79]", async (backend, version) => {
    const { alice, bob } = await friends(backend, version);
    const letter = await alice.seal(text("the original"));
    for (let index = 0; index < letter.bytes.length; index += 1) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const bytes = flip(letter.bytes, index, mask);
        const answer = await bob.attempt({ bytes, isKeyExchange: false });
        assertEqual(answer.kind, "refused", `byte ${index} changed by ${mask}`);
      }
    }
    await bob.open(letter);
  });

  test("refuses a key exchange with any byte changed, unless the byte has no meaning [O2-124, W-79]", async (backend, version) => {
    const { alice, bob } = await strangers(backend, version);
    const letter = await alice.seal(text("the original"));
    for (let index = 0; index < letter.bytes.length; index += 1) {
      const bytes = flip(letter.bytes, index, index % 2 === 0 ? 0x01 : 0x80);
      const answer = await bob.attempt({ bytes, isKeyExchange: true });
      // Under no MAC: registration id, low half of the outer version byte, top bit of the base key,
      // which X25519 does not read [W-22, W-51, W-07].
      if (answer.kind === "refused") continue;
      assertEqual(answer.plaintext, letter.plaintext, `plaintext with byte ${index} changed`);
      assertEqual(answer.identityKey, alice.identity.publicKey, "identity");
    }
    await bob.open(letter);
  });

  test("refuses what is cut off or made longer, and still reads the original", async (backend, version) => {
    for (const pair of [await strangers(backend, version), await friends(backend, version)]) {
      const letter = await pair.alice.seal(text("the original"));
      for (let length = 0; length < letter.bytes.length; length += 1) {
        const answer = await pair.bob.attempt({
          ...letter,
          bytes: letter.bytes.subarray(0, length),
        });
        assertEqual(answer.kind, "refused", `the first ${length} bytes`);
      }
      if (!letter.isKeyExchange) {
        const longer = { ...letter, bytes: new Uint8Array([...letter.bytes, 0]) };
        assertEqual((await pair.bob.attempt(longer)).kind, "refused", "one byte more");
      }
      await pair.bob.open(letter);
    }
  });

  test("answers any bytes with a reason, never with an exception", async (backend, version) => {
    const random = seededRandom("hostile bytes");
    const pairs = [await friends(backend, version), await strangers(backend, version)];
    const readers: { readonly reader: Party; readonly letter: Letter }[] = [];
    for (const { alice, bob } of pairs) {
      readers.push({ reader: bob, letter: await alice.seal(text("the original")) });
    }
    for (let round = 0; round < HOSTILE_ROUNDS; round += 1) {
      const { reader, letter } = random.pick(readers);
      await mustRefuse(reader, { ...letter, bytes: distort(random, letter) });
    }
    for (const { reader, letter } of readers) await reader.open(letter);
  });

  test("fails with store-failure for a damaged session, and opens nothing in one of another version [O2-175]", async (backend, version) => {
    const { alice, bob } = await friends(backend, version);
    const letter = await alice.seal(text("message"));
    const { head } = bob.loaded([]);
    const random = seededRandom("damaged heads");
    for (let length = 0; length < head.length; length += 1) {
      await openIn(bob, version, head.subarray(0, length), letter);
    }
    const foreign = LEGACY === version ? OMEMO_2 : LEGACY;
    const strange: [OmemoVersion, Uint8Array][] = [[version, text("another backend")]];
    for (let round = 0; round < 50; round += 1) strange.push([version, random.bytes(head.length)]);
    if (backend.versions.includes(foreign)) strange.push([foreign, head]);
    for (const [labelled, bytes] of strange) {
      const kind = await openIn(bob, labelled, bytes, letter);
      assert(kind !== "opened", "a message was opened in a session that is none");
    }
    await bob.open(letter);
  });
}

/** What comes of a message in a session that no backend made; all but `store-failure` must be an answer. */
async function openIn(
  reader: Party,
  version: OmemoVersion,
  head: Uint8Array,
  { bytes }: Letter,
): Promise<string> {
  try {
    const session = { version, head: head as SessionHead, parts: [] };
    return (await reader.backend.decrypt(session, bytes)).kind;
  } catch (error) {
    const isTyped = isOmemoError(error) && error.code === "store-failure";
    assert(isTyped, `a damaged session fails with store-failure, not with ${String(error)}`);
    return error.code;
  }
}

async function mustRefuse(reader: Party, letter: Letter): Promise<void> {
  const answer = await reader.attempt(letter);
  if (answer.kind === "refused") return;
  // Some touch nothing that has a meaning, a field written twice for example: nothing came of it.
  assertEqual(answer.plaintext, letter.plaintext, "plaintext of a distorted message");
}

/** Random bytes, or an honest letter with a part of it gone, doubled, changed or made of noise. */
function distort(random: SeededRandom, { bytes }: Letter): Uint8Array {
  const from = random.below(bytes.length);
  const to = from + random.below(bytes.length - from) + 1;
  const middle = [...bytes.subarray(from, to)];
  const noise = [...random.bytes(1 + random.below(40))];
  const around = (inside: readonly number[]) =>
    Uint8Array.from([...bytes.subarray(0, from), ...inside, ...bytes.subarray(to)]);
  switch (random.below(5)) {
    case 0:
      return random.bytes(random.below(300));
    case 1:
      return around([]);
    case 2:
      return around([...middle, ...middle]);
    case 3:
      return around(noise);
    default:
      return flip(bytes, from, 1 + random.below(255));
  }
}
