import { LEGACY, OMEMO_2, type Session } from "@omemo/core";
import {
  decodeAuthenticatedMessage,
  decodeOmemoMessage,
  decodeSignalMessage,
  encodeAuthenticatedMessage,
  encodeOmemoMessage,
  encodeSignalMessage,
} from "@omemo/core/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeHead, encodeHead } from "../src/session/sessionRecord.js";
import { inspectSession } from "../src/testing.js";
import { backendOf, KINDS } from "./support/backends.js";
import { LOW_ORDER } from "./support/badKeys.js";
import { conversation, type Device, opened, reasonOf } from "./support/device.js";

const cases = KINDS.flatMap((kind) => [[kind, LEGACY] as const, [kind, OMEMO_2] as const]);

describe.each(cases)("decrypting on %s primitives, %s", (kind, version) => {
  const backend = backendOf(kind);

  /** A message with another header; its MAC does not fit. */
  function forge(bytes: Uint8Array, change: { ratchetKey?: Uint8Array; counter?: number }) {
    if (version === LEGACY) {
      const message = decodeSignalMessage(bytes);
      if (message.kind === "malformed") throw new Error("not a message");
      return encodeSignalMessage({ ...message, ...change });
    }
    const outer = decodeAuthenticatedMessage(bytes);
    if (outer.kind === "malformed") throw new Error("not a message");
    const message = decodeOmemoMessage(outer.message);
    if (message.kind === "malformed") throw new Error("not a message");
    return encodeAuthenticatedMessage({
      ...outer,
      message: encodeOmemoMessage({ ...message, ...change }),
    });
  }

  async function expectNoResidue(bob: Device, message: Uint8Array, reason: string) {
    const before = bob.session.dump();
    expect(reasonOf(await bob.decrypt(message))).toBe(reason);
    expect(bob.session.dump()).toBe(before);
  }

  it("opens plaintexts of every length [W-43]", async () => {
    const [alice, bob] = await conversation(backend, version);
    for (const length of [0, 1, 15, 16, 17, 32, 48, 1000]) {
      const plaintext = new Uint8Array(length).map((_, index) => index);
      expect(opened(await bob.decrypt(await alice.send(plaintext))).plaintext).toEqual(plaintext);
    }
  });

  it("counts from 0 in every chain and names the chain [O2-55, O2-140]", async () => {
    const [alice, bob] = await conversation(backend, version);
    const first = opened(await bob.decrypt(await alice.send()));
    const second = opened(await bob.decrypt(await alice.send()));
    expect([first.counter, second.counter]).toEqual([0, 1]);
    expect(second.ratchetKey).toEqual(first.ratchetKey);
    opened(await alice.decrypt(await bob.send()));
    const third = opened(await bob.decrypt(await alice.send()));
    expect(third.counter).toBe(0);
    expect(third.ratchetKey).not.toEqual(first.ratchetKey);
  });

  it("leaves no trace of a message with any bit changed [O2-62, W-79]", async () => {
    const [alice, bob] = await conversation(backend, version);
    const message = await alice.send();
    for (let bit = 0; bit < message.length * 8; bit += 37) {
      const altered = message.slice();
      altered[bit >> 3] = (altered[bit >> 3] as number) ^ (1 << (bit & 7));
      const before = bob.session.dump();
      expect((await bob.decrypt(altered)).kind).toBe("refused");
      expect(bob.session.dump()).toBe(before);
    }
    opened(await bob.decrypt(message));
  });

  it("leaves no trace of forged ratchet keys, those of low order included [W-08, O2-10]", async () => {
    const [alice, bob] = await conversation(backend, version);
    const message = await alice.send();
    for (const [, ratchetKey] of [...LOW_ORDER, ["", alice.identity.publicKey] as const]) {
      await expectNoResidue(bob, forge(message, { ratchetKey }), "not-authentic");
    }
    opened(await bob.decrypt(message));
  });

  it("tells a duplicate in the current and in an older chain from a forgery [O2-132, W-80]", async () => {
    const [alice, bob] = await conversation(backend, version);
    const old = await alice.send();
    opened(await bob.decrypt(old));
    await expectNoResidue(bob, old, "duplicate");
    for (let step = 0; step < 4; step += 1) {
      opened(await alice.decrypt(await bob.send()));
      opened(await bob.decrypt(await alice.send()));
      await expectNoResidue(bob, old, "duplicate");
    }
    opened(await alice.decrypt(await bob.send()));
    opened(await bob.decrypt(await alice.send()));
    await expectNoResidue(bob, old, "not-authentic");
  });

  it("loads one chain more for a strange key that looks like an older one, and goes on", async () => {
    const [alice, bob] = await conversation(backend, version);
    opened(await bob.decrypt(await alice.send()));
    opened(await alice.decrypt(await bob.send()));
    const message = await alice.send();
    const record = decodeHead(bob.session.load().head);
    const { ratchetKey } = inspectSession(alice.session.loadAll()).sending;
    const [first = 0, second = 0] = ratchetKey;
    const olderTags = new Uint8Array(8).map((_, index) => (index % 2 === 0 ? first : second));
    bob.session.head = encodeHead({ ...record, state: { ...record.state, olderTags } });
    opened(await bob.decrypt(message));
    expect(bob.session.rounds.map((names) => names.length > 0)).toEqual([true]);
  });

  it("refuses a jump beyond the limit before it computes [O2-60, W-84]", async () => {
    const [alice, bob] = await conversation(backend, version);
    opened(await bob.decrypt(await alice.send()));
    const message = await alice.send();
    const limit = version === LEGACY ? 25_000 : 1000;
    await expectNoResidue(bob, forge(message, { counter: limit + 2 }), "too-many-skipped");
    await expectNoResidue(bob, forge(message, { counter: 0xffff_ffff }), "too-many-skipped");
    await expectNoResidue(bob, forge(message, { counter: limit + 1 }), "not-authentic");
    const ratchetKey = bob.identity.publicKey;
    const fresh = forge(message, { ratchetKey, counter: limit + 1 });
    await expectNoResidue(bob, fresh, "too-many-skipped");
    opened(await bob.decrypt(message));
  });

  it("never writes into what it is given [O2-62]", async () => {
    const [alice, bob] = await conversation(backend, version);
    const message = await alice.send();
    const plaintext = new Uint8Array(48).fill(3);
    const sessions: Session[] = [alice.session.load(), bob.session.loadAll()];
    const before = [message, plaintext, ...sessions.flatMap(bytesOf)].map((bytes) => bytes.slice());
    const frozen = sessions.map((session) =>
      Object.freeze({ ...session, parts: Object.freeze(session.parts.map(Object.freeze)) }),
    ) as unknown as readonly [Session, Session];
    await backend.encryptFor(Object.freeze([frozen[0]]), plaintext);
    await backend.decrypt(frozen[1], message);
    await backend.decrypt(frozen[1], forge(message, { counter: 30 }));
    expect([message, plaintext, ...sessions.flatMap(bytesOf)]).toEqual(before);
  });

  it("answers arbitrary bytes with a refusal [W-56, O2-70]", async () => {
    const [, bob] = await conversation(backend, version);
    const session = bob.session.load();
    const bytes = fc
      .tuple(fc.constantFrom([], [0x33], [0x0a, 0x10]), fc.uint8Array({ maxLength: 200 }))
      .map(([head, rest]) => Uint8Array.of(...head, ...rest));
    await fc.assert(
      fc.asyncProperty(bytes, async (message) => {
        expect((await backend.decrypt(session, message)).kind).toBe("refused");
      }),
    );
  });

  it("draws randomness only for a message that opens a new chain [W-79]", async () => {
    let drawn = 0;
    const randomBytes = (length: number) => {
      drawn += 1;
      return crypto.getRandomValues(new Uint8Array(length));
    };
    const counting = backendOf(kind, { randomBytes });
    const [alice, bob] = await conversation(backend, version);
    const [first, second] = [await alice.send(), await alice.send()];
    const session = bob.session.load();
    await counting.decrypt(session, forge(first, { ratchetKey: bob.identity.publicKey }));
    expect(drawn).toBe(0);
    const answer = await counting.decrypt(session, first);
    expect([answer.kind, drawn]).toEqual(["opened", 1]);
    if (answer.kind === "opened") bob.session.apply(answer.change);
    expect((await counting.decrypt(bob.session.load(), second)).kind).toBe("opened");
    expect(drawn).toBe(1);
  });

  it("follows the peer from a state in which its own answer was never made [O2-52]", async () => {
    const [alice, bob] = await conversation(backend, version);
    opened(await bob.decrypt(await alice.send()));
    const earlier = bob.session.load();
    opened(await alice.decrypt(await bob.send()));
    const message = await alice.send();
    const later = opened(await bob.decrypt(message));
    const answer = await backend.decrypt(earlier, message);
    expect(answer).toMatchObject({ kind: "opened", counter: 0, ratchetKey: later.ratchetKey });
  });
});

describe.each(KINDS)("a session of another time on %s primitives", (kind) => {
  const backend = backendOf(kind);

  it("is an error of the store when it is damaged or newer, and shows no secret [O2-135]", async () => {
    const [alice, bob] = await conversation(backend, OMEMO_2);
    const message = await alice.send();
    const { head } = bob.session.load();
    const newer = Uint8Array.of(99, ...head.subarray(1));
    for (const damaged of [newer, head.subarray(0, 60), new Uint8Array(0)]) {
      const session = { version: OMEMO_2, head: damaged as typeof head, parts: [] };
      const error = await backend.decrypt(session, message).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: "store-failure" });
      expect(String(error)).toMatch(/^OmemoError: a stored session [a-z :]+$/);
    }
  });
});

function bytesOf({ head, parts }: Session): readonly Uint8Array[] {
  return [head, ...parts.map(({ value }) => value)];
}
