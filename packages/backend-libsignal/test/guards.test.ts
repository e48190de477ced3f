import { nobleBackend } from "@omemo/backend-noble";
import { cryptoFunctions, noblePrimitives } from "@omemo/backend-noble/testing";
import { type KeyPair, LEGACY, type Session, type SessionHead } from "@omemo/core";
import {
  decodePreKeySignalMessage,
  encodePreKeySignalMessage,
  type PreKeySignalMessage,
  serializeKey,
} from "@omemo/core/wire";
import { describe, expect, it } from "vitest";
import { libsignalBackend } from "../src/index.js";
import { Device, friends, type Letter, opened } from "./support/device.js";

const refused = (reason: string) => ({ kind: "refused", reason });
const LOW_ORDER = Uint8Array.from([1, ...new Uint8Array(31)]);

/** The same exchange with other fields around the message, as a server could send it. */
function rewrap(letter: Letter, fields: Partial<PreKeySignalMessage>): Letter {
  const exchange = decodePreKeySignalMessage(letter.bytes);
  if (exchange.kind === "malformed") throw new Error("not an exchange");
  return { ...letter, bytes: encodePreKeySignalMessage({ ...exchange, ...fields }) };
}

describe("what the library alone would let through", () => {
  it("reports the identity of the session, whatever the wrapper of a known one says [W-90]", async () => {
    const [alice, bob, mallory] = [
      await Device.create(),
      await Device.create(),
      await Device.create(),
    ];
    await alice.initiate(await bob.bundle());
    const letters = [await alice.seal(), await alice.seal(), await alice.seal()] as const;
    opened(await bob.open(letters[0]));
    const before = bob.head;
    const altered = rewrap(letters[1], { identityKey: mallory.identity.publicKey });
    expect(await bob.open(altered)).toEqual(refused("identity-differs"));
    expect(bob.head).toBe(before);
    const others = rewrap(letters[1], { registrationId: 7, preKeyId: 99, signedPreKeyId: 98 });
    const { identityKey, usedPreKey } = opened(await bob.open(others));
    expect([identityKey, usedPreKey]).toEqual([alice.identity.publicKey, false]);
  });

  it("builds nothing from a bogus exchange around a genuine message, and keeps the prekey [W-95]", async () => {
    const [alice, bob] = await friends();
    const genuine = await alice.seal();
    const { preKeyId } = await bob.bundle();
    const stranger = await Device.create();
    await stranger.initiate(await bob.bundle());
    const wrapper = await stranger.seal();
    for (const identityKey of [alice.identity.publicKey, stranger.identity.publicKey]) {
      const bogus = rewrap(wrapper, { identityKey, preKeyId, message: genuine.bytes });
      const answer = await bob.open(bogus);
      expect(answer.kind).toBe("refused");
      expect(answer).not.toEqual(refused("duplicate"));
    }
    expect(bob.preKeys.has(preKeyId as number)).toBe(true);
    opened(await bob.open(genuine));
    const again = rewrap(wrapper, {
      identityKey: alice.identity.publicKey,
      preKeyId,
      message: genuine.bytes,
    });
    expect(await bob.open(again)).toEqual(refused("not-authentic"));
  });

  it("remembers nobody from a first message that is forged [W-91]", async () => {
    const [alice, bob] = [await Device.create(), await Device.create()];
    await alice.initiate(await bob.bundle());
    const letter = await alice.seal();
    const forged = {
      ...letter,
      bytes: letter.bytes.map((byte, at) => (at === 150 ? byte ^ 1 : byte)),
    };
    expect((await bob.open(forged)).kind).toBe("refused");
    expect([bob.head, bob.preKeys.size]).toEqual([undefined, 1]);
    opened(await bob.open(letter));
  });

  it("refuses a session with another identity in the place of one that exists [W-20]", async () => {
    const [alice, bob] = await friends();
    const [stranger, other] = [await Device.create(), await Device.create()];
    await stranger.initiate(await bob.bundle());
    expect(await bob.open(await stranger.seal())).toEqual(refused("identity-differs"));
    await expect(alice.initiate(await other.bundle())).rejects.toThrow("identity-differs");
  });

  it("refuses keys of low order, which agree on nothing [W-08, W-15]", async () => {
    const [alice, bob] = [await Device.create(), await Device.create()];
    await alice.initiate(await bob.bundle());
    const letter = await alice.seal();
    const base = rewrap(letter, { baseKey: LOW_ORDER });
    expect(await bob.open(base)).toEqual(refused("not-authentic"));
    expect(await bob.open(rewrap(letter, { identityKey: LOW_ORDER }))).toEqual(
      refused("malformed"),
    );
    const bundle = await bob.bundle();
    await expect(alice.initiate({ ...bundle, preKey: LOW_ORDER })).rejects.toThrow("malformed");
    await expect(
      alice.initiate({ ...bundle, identityKey: serializeKey(LOW_ORDER) }),
    ).rejects.toThrow("malformed");
    const { privateKey } = bob.identity;
    const { backend } = bob;
    const signature = await backend.signPreKey(
      LEGACY,
      { privateKey, publicKey: LOW_ORDER },
      LOW_ORDER,
    );
    const forged = { ...bundle, signedPreKey: LOW_ORDER, signedPreKeySignature: signature };
    await expect(alice.initiate(forged)).rejects.toThrow("malformed");
  });

  it("takes exchanges without prekey only where that is allowed [W-25]", async () => {
    const strict = libsignalBackend({ license: "AGPL-3.0-only", acceptWithoutPreKey: false });
    for (const [backend, outcome] of [
      [libsignalBackend({ license: "AGPL-3.0-only" }), "opened"],
      [strict, "refused"],
    ] as const) {
      const [alice, bob] = [await Device.create(), await Device.create(backend)];
      await alice.initiate(await bob.bundle(false));
      expect((await bob.open(await alice.seal())).kind).toBe(outcome);
    }
  });
});

describe("stores for one call", () => {
  it("keep what runs at the same time apart: no counter is used twice [W-75]", async () => {
    const [alice, ...others] = await Promise.all(Array.from({ length: 9 }, () => Device.create()));
    const sessions: Session[] = [];
    for (const bob of others) {
      const own = await Device.create();
      await own.initiate(await bob.bundle());
      sessions.push(own.session([]));
    }
    const backend = (alice as Device).backend;
    const answers = await Promise.all(
      sessions.map((session) => backend.encryptFor([session], new Uint8Array(32))),
    );
    const opening = others.map((bob, index) => {
      const sealed = answers[index]?.[0];
      if (sealed === undefined) throw new Error("nothing was sealed");
      return bob.open({ bytes: sealed.message, isKeyExchange: sealed.isKeyExchange });
    });
    for (const answer of await Promise.all(opening)) expect(opened(answer).counter).toBe(0);
  });

  it("let others run while many messages are made", async () => {
    const alice = await Device.create();
    await alice.initiate(await (await Device.create()).bundle());
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns += 1;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    const sessions = Array.from({ length: 320 }, () => alice.session([]));
    await alice.backend.encryptFor(sessions, new Uint8Array(32));
    isDone = true;
    expect(turns).toBeGreaterThanOrEqual(20);
  });

  it("let others run while a counter jumps far", async () => {
    const [alice, bob] = await friends();
    let letter = await alice.seal();
    for (let sent = 0; sent < 400; sent += 1) letter = await alice.seal();
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    const { counter } = opened(await bob.open(letter));
    clearInterval(timer);
    expect([counter > 400, turns > 0]).toEqual([true, true]);
  });
});

describe("keys", () => {
  const crypto = cryptoFunctions(noblePrimitives());

  it("of an identity have sign bit 0 in their Ed25519 form [O2-09, W-16]", async () => {
    const { backend } = await Device.create();
    for (let round = 0; round < 12; round += 1) {
      const { privateKey, publicKey } = await backend.generateIdentity();
      expect((crypto.edwardsPublicKey(privateKey)[31] as number) >>> 7).toBe(0);
      expect(publicKey).toEqual(crypto.publicKey(privateKey));
    }
  });

  it("and signatures of them mean the same to both backends [W-10]", async () => {
    const [libsignal, noble] = [await Device.create(), await Device.create(nobleBackend())];
    await libsignal.initiate(await noble.bundle());
    await noble.initiate(await libsignal.bundle());
    const { backend, identity } = libsignal;
    const other: KeyPair = (await noble.backend.generateKeyPairs(1))[0] as KeyPair;
    const signature = await backend.signPreKey(LEGACY, identity, other.publicKey);
    const signed = serializeKey(other.publicKey);
    expect(crypto.verifyXEdDsa(signature, signed, identity.publicKey)).toBe(true);
  });

  it("are no labels, and no business of the other version", async () => {
    const { backend, identity } = await Device.create();
    const call = expect.objectContaining({ code: "invalid-input" });
    await expect(backend.signLabel(identity, "Phone")).rejects.toEqual(call);
    expect(() => backend.encodeIdentityKey("urn:xmpp:omemo:2", identity)).toThrow(/legacy version/);
    const head = new Uint8Array(9) as Uint8Array as SessionHead;
    const session: Session = { version: "urn:xmpp:omemo:2", head, parts: [] };
    await expect(backend.decrypt(session, new Uint8Array(9))).rejects.toEqual(call);
    await expect(backend.encryptFor([session], new Uint8Array(9))).rejects.toEqual(call);
  });
});
