import { type ChosenBundle, LEGACY, OMEMO_2 } from "@omemo/core";
import { readKeyHeader } from "@omemo/core/wire";
import { describe, expect, it } from "vitest";
import { inspectSession } from "../src/testing.js";
import { backendOf, KINDS } from "./support/backends.js";
import { LOW_ORDER, LOW_ORDER_EDWARDS } from "./support/badKeys.js";
import { conversation, Device, opened, reasonOf } from "./support/device.js";

const cases = KINDS.flatMap((kind) => [[kind, LEGACY] as const, [kind, OMEMO_2] as const]);

describe.each(cases)("building a session from a bundle on %s primitives, %s", (kind, version) => {
  const backend = backendOf(kind);

  async function refusalOf(change: (bundle: ChosenBundle) => Partial<ChosenBundle>) {
    const [alice, bob] = [
      await Device.create(backend, version),
      await Device.create(backend, version),
    ];
    const bundle = await bob.bundle(1);
    expect((await alice.initiate(bundle)).kind).toBe("initiated");
    const before = alice.session.dump();
    const answer = await alice.initiate({ ...bundle, ...change(bundle) });
    expect(alice.session.dump()).toBe(before);
    return reasonOf(answer);
  }

  it("sends key exchanges until it is answered, then messages [O2-113, W-72, W-73, O2-114]", async () => {
    const alice = await Device.create(backend, version);
    const bob = await Device.create(backend, version);
    await alice.initiate(await bob.bundle(2));
    const exchanges = [await alice.send(), await alice.send()];
    for (const message of exchanges) {
      expect(readKeyHeader(version, message, true)).toMatchObject({ preKeyId: 2 });
    }
    const first = opened(await bob.accept(exchanges[0] as Uint8Array, 2));
    expect([first.isNewSession, first.usedPreKey]).toEqual([true, true]);
    const second = opened(await bob.accept(exchanges[1] as Uint8Array));
    expect([second.isNewSession, second.usedPreKey]).toEqual([false, false]);
    opened(await alice.decrypt(await bob.send()));
    expect(readKeyHeader(version, await alice.send(), false).kind).toBe("ratchet");
  });

  it("names the peer by its identity key on both sides [O2-181]", async () => {
    const [alice, bob] = await conversation(backend, version);
    expect(opened(await bob.decrypt(await alice.send())).identityKey).toEqual(
      alice.identity.publicKey,
    );
    expect(opened(await alice.decrypt(await bob.send())).identityKey).toEqual(
      bob.identity.publicKey,
    );
  });

  it("refuses a signature of anyone else, or of another key [O2-39f, W-33, L-19]", async () => {
    const other = await Device.create(backend, version);
    const { signedPreKeySignature } = await other.bundle(1);
    expect(await refusalOf(() => ({ signedPreKeySignature }))).toBe("not-authentic");
    const signedPreKey = other.signedPreKey.publicKey;
    expect(await refusalOf(() => ({ signedPreKey }))).toBe("not-authentic");
  });

  it("refuses a signature with any bit changed, or of another length [W-13]", async () => {
    for (const [byte, bit] of [
      [0, 1],
      [31, 0x80],
      [32, 1],
      [63, 0x40],
      [63, 0x20],
    ] as const) {
      const reason = await refusalOf(({ signedPreKeySignature }) => {
        const changed = signedPreKeySignature.slice();
        changed[byte] = (changed[byte] as number) ^ bit;
        return { signedPreKeySignature: changed };
      });
      expect(reason).toBe("not-authentic");
    }
    for (const length of [0, 63, 65]) {
      const signedPreKeySignature = new Uint8Array(length);
      expect(await refusalOf(() => ({ signedPreKeySignature }))).toBe("not-authentic");
    }
  });

  it("refuses prekeys of low order, although they are signed [W-08, O2-10]", async () => {
    const alice = await Device.create(backend, version);
    const bob = await Device.create(backend, version);
    for (const [, key] of LOW_ORDER) {
      const signedPreKeySignature = await backend.signPreKey(version, bob.identity, key);
      const signed = { ...(await bob.bundle(1)), signedPreKey: key, signedPreKeySignature };
      expect(reasonOf(await alice.initiate(signed))).toBe("malformed");
      const oneTime = { ...(await bob.bundle(1)), preKey: key };
      expect(reasonOf(await alice.initiate(oneTime))).toBe("malformed");
    }
    expect(alice.session.head).toBeUndefined();
  });

  it("refuses identity keys of low order [W-15, O2-10]", async () => {
    const bad =
      version === LEGACY
        ? LOW_ORDER.map(([, key]) => Uint8Array.of(5, ...key))
        : LOW_ORDER_EDWARDS.map((text) => Uint8Array.from(Buffer.from(text, "hex")));
    for (const identityKey of bad.slice(0, 5)) {
      expect(await refusalOf(() => ({ identityKey }))).toBe("malformed");
    }
  });

  it("refuses keys of a wrong length, and a prekey without id [O2-70, W-04]", async () => {
    const long = new Uint8Array(33).fill(9);
    expect(await refusalOf(() => ({ signedPreKey: long }))).toBe("malformed");
    expect(await refusalOf(() => ({ preKey: long }))).toBe("malformed");
    expect(await refusalOf(() => ({ preKeyId: undefined }))).toBe("malformed");
    expect(await refusalOf(() => ({ identityKey: new Uint8Array(31).fill(9) }))).toBe("malformed");
  });

  it("refuses another identity key than that of the session it would replace [W-20, O2-109]", async () => {
    const [alice] = await conversation(backend, version);
    const stranger = await Device.create(backend, version);
    const before = alice.session.dump();
    const answer = await alice.initiate(await stranger.bundle(1));
    expect(reasonOf(answer)).toBe("identity-differs");
    expect(alice.session.dump()).toBe(before);
  });

  it("needs a one-time prekey in OMEMO 2, not in the legacy version [O2-44, W-25]", async () => {
    const alice = await Device.create(backend, version);
    const bob = await Device.create(backend, version);
    const answer = await alice.initiate(await bob.bundle());
    expect(reasonOf(answer)).toBe(version === OMEMO_2 ? "no-prekey" : undefined);
    if (version === OMEMO_2) return;
    const message = opened(await bob.accept(await alice.send()));
    expect([message.isNewSession, message.usedPreKey]).toEqual([true, false]);
  });

  it("draws two fresh key pairs for every session [W-33, O2-52]", async () => {
    const bob = await Device.create(backend, version);
    const bundle = await bob.bundle(1);
    const keys = new Set<string>();
    for (let round = 0; round < 3; round += 1) {
      const alice = await Device.create(backend, version);
      await alice.initiate(bundle);
      const session = alice.session.load();
      keys.add(inspectSession(session).sending.ratchetKey.join());
      const header = readKeyHeader(version, await alice.send(), true);
      if (header.kind === "key-exchange") keys.add(header.baseKey.join());
    }
    expect(keys.size).toBe(6);
  });
});
