import { LEGACY } from "@omemo/core";
import { forgeIdentityKey, readKeyMessage, stripPreKeyId } from "../../observation/keyMessage.js";
import { assert, assertEqual } from "../assertions.js";
import type { BackendTest } from "./backendTest.js";
import { friends, Party, strangers, text } from "./party.js";

/** How sessions begin. */
export function exchangeTests(test: BackendTest): void {
  test("opens the first message as a new session of its sender [O2-52, W-90]", async (backend, version) => {
    const { alice, bob } = await strangers(backend, version);
    const opened = await bob.open(await alice.seal(text("hello")));
    assertEqual(opened.identityKey, alice.identity.publicKey, "identity of the sender");
    assertEqual(
      [opened.isNewSession, opened.usedPreKey, opened.counter, opened.ratchetKey.length],
      [true, true, 0, 32],
      "what is told of the message",
    );
  });

  test("sends key exchanges until the first answer, and none after it [O2-53, O2-113, W-72]", async (backend, version) => {
    const { alice, bob } = await strangers(backend, version);
    const letters = [await alice.seal(text("1")), await alice.seal(text("2"))];
    assertEqual(
      letters.map(({ isKeyExchange }) => isKeyExchange),
      [true, true],
      "exchanges",
    );
    const [first, second] = letters.map(
      ({ bytes }) => readKeyMessage(version, bytes, true)?.exchange?.baseKey,
    );
    assertEqual(second, first, "the base key of the second exchange");
    for (const letter of letters) await bob.open(letter);
    const answer = await bob.seal(text("3"));
    assertEqual(answer.isKeyExchange, false, "the answer is an exchange");
    await alice.open(answer);
    const next = await alice.seal(text("4"));
    assertEqual(next.isKeyExchange, false, "a message after the answer is an exchange");
    await bob.open(next);
  });

  test("writes what peers expect as first byte [O2-71, W-50]", async (backend, version) => {
    const { alice, bob } = await strangers(backend, version);
    const exchange = await alice.seal(text("1"));
    await bob.open(exchange);
    const message = await bob.seal(text("2"));
    const expected = version === LEGACY ? [0x33, 0x33] : [0x08, 0x0a];
    assertEqual([exchange.bytes[0], message.bytes[0]], expected, "first bytes");
    const inner = readKeyMessage(version, exchange.bytes, true)?.inner;
    assertEqual(inner?.[0], expected[1], "first byte of the message inside");
  });

  test("opens the messages of one exchange in any order, with its prekey gone [O2-121, W-72]", async (backend, version) => {
    const { alice, bob } = await strangers(backend, version);
    const [first, second, third] = [
      await alice.seal(text("1")),
      await alice.seal(text("2")),
      await alice.seal(text("3")),
    ];
    assertEqual((await bob.open(third)).usedPreKey, true, "first one that arrives uses the prekey");
    bob.preKeys.clear();
    for (const letter of [first, second]) {
      const { isNewSession, usedPreKey } = await bob.open(letter);
      assertEqual([isNewSession, usedPreKey], [false, false], "later ones build nothing");
    }
    for (const letter of [first, second, third]) {
      assertEqual(await bob.attempt(letter), refused("duplicate"), "a repetition");
    }
  });
}

/** Exchanges that are refused, and what is not refused. */
export function refusedExchangeTests(test: BackendTest): void {
  test("refuses an exchange whose keys it has not, and reads it once it has [W-92]", async (backend, version) => {
    const { alice, bob } = await strangers(backend, version);
    const letter = await alice.seal(text("hello"));
    const kept = new Map(bob.preKeys);
    bob.preKeys.clear();
    assertEqual(await bob.attempt(letter), refused("no-prekey"), "without prekey");
    const forgetful = { ...bobsInput(bob, letter.bytes), signedPreKey: undefined };
    assertEqual(
      await backend.accept({ ...forgetful, preKey: kept.get(1) }),
      refused("no-signed-prekey"),
      "without signed prekey",
    );
    for (const [id, pair] of kept) bob.preKeys.set(id, pair);
    await bob.open(letter);
  });

  test("takes an exchange without one-time prekey in the legacy version only [O2-44, W-25]", async (backend, version) => {
    const [alice, bob] = [
      await Party.create(backend, version),
      await Party.create(backend, version),
    ];
    const { preKeyId: _id, preKey: _key, ...rest } = await bob.bundle();
    const bundle = { ...rest, preKeyId: undefined, preKey: undefined };
    if (version === LEGACY) {
      await alice.initiate(bundle);
      const opened = await bob.open(await alice.seal(text("hello")));
      assertEqual([opened.isNewSession, opened.usedPreKey], [true, false], "what it used");
      await alice.open(await bob.seal(text("answer")));
      return;
    }
    const { identity } = alice;
    const input = { version, identity, deviceId: 11 as never, bundle, existing: undefined };
    assertEqual(await backend.initiate(input), refused("no-prekey"), "a bundle without prekeys");
    await alice.initiate(await bob.bundle());
    const letter = await alice.seal(text("hello"));
    const stripped = { ...letter, bytes: stripPreKeyId(version, letter.bytes) };
    const answer = await bob.attempt(stripped);
    assertEqual(answer.kind, "refused", "an exchange without prekey id");
  });

  test("refuses a repeated exchange that names another identity [W-90, O2-136a]", async (backend, version) => {
    const { alice, bob } = await strangers(backend, version);
    const mallory = await Party.create(backend, version);
    const identityKey = (await mallory.bundle()).identityKey;
    const first = await alice.seal(text("1"));
    const second = await alice.seal(text("2"));
    const altered = (letter: typeof first) => ({
      ...letter,
      bytes: forgeIdentityKey(version, letter.bytes, identityKey),
    });
    assertEqual((await bob.attempt(altered(first))).kind, "refused", "on first contact");
    await bob.open(first);
    assertEqual(await bob.attempt(altered(second)), refused("identity-differs"), "later");
    await bob.open(second);
  });

  test("refuses a message of the one kind that is delivered as the other [W-58]", async (backend, version) => {
    const { alice, bob } = await friends(backend, version);
    const message = await alice.seal(text("message"));
    const wrong = await bob.attempt({ ...message, isKeyExchange: true });
    assertEqual(wrong, refused("malformed"), "a message as exchange");
    await bob.open(message);
    const carol = await Party.create(backend, version);
    await carol.initiate(await bob.bundle());
    const exchange = await carol.seal(text("exchange"));
    const other = await bob.attempt({ ...exchange, isKeyExchange: false });
    assert(other.kind === "refused", "an exchange was opened as message");
  });
}

function refused(reason: string) {
  return { kind: "refused", reason };
}

function bobsInput({ version, identity, signedPreKey }: Party, message: Uint8Array) {
  const deviceId = 22 as never;
  return { version, identity, signedPreKey, deviceId, message, existing: undefined };
}
