import { LEGACY, OMEMO_2, type OmemoVersion } from "@omemo/core";
import {
  decodeKeyExchange,
  decodePreKeySignalMessage,
  encodeKeyExchange,
  encodePreKeySignalMessage,
} from "@omemo/core/wire";
import { describe, expect, it } from "vitest";
import { backendOf, KINDS } from "./support/backends.js";
import { LOW_ORDER } from "./support/badKeys.js";
import { Device, opened, reasonOf } from "./support/device.js";

const cases = KINDS.flatMap((kind) => [[kind, LEGACY] as const, [kind, OMEMO_2] as const]);

interface Wrapper {
  readonly preKeyId: number | undefined;
  readonly signedPreKeyId: number;
  readonly identityKey: Uint8Array;
  readonly baseKey: Uint8Array;
}

/** The same message in another wrapper. */
function rewrap(version: OmemoVersion, bytes: Uint8Array, change: Partial<Wrapper>): Uint8Array {
  if (version === LEGACY) {
    const exchange = decodePreKeySignalMessage(bytes);
    if (exchange.kind === "malformed") throw new Error("not an exchange");
    return encodePreKeySignalMessage({ ...exchange, ...change });
  }
  const exchange = decodeKeyExchange(bytes);
  if (exchange.kind === "malformed") throw new Error("not an exchange");
  return encodeKeyExchange({
    ...exchange,
    ...change,
    preKeyId: change.preKeyId ?? exchange.preKeyId,
  });
}

describe.each(cases)("accepting a key exchange on %s primitives, %s", (kind, version) => {
  const backend = backendOf(kind);

  async function pair(): Promise<readonly [alice: Device, bob: Device]> {
    const alice = await Device.create(backend, version);
    const bob = await Device.create(backend, version);
    await alice.initiate(await bob.bundle(1));
    return [alice, bob];
  }

  it("builds nothing from a message that is not authentic [O2-124, W-91]", async () => {
    const [alice, bob] = await pair();
    const message = await alice.send();
    const altered = message.slice();
    altered[altered.length - (version === LEGACY ? 8 : 1)] = 0;
    altered[altered.length - 9] = (altered[altered.length - 9] as number) ^ 1;
    const answer = await bob.accept(altered, 1);
    expect(["not-authentic", "malformed"]).toContain(reasonOf(answer));
    expect(bob.session.head).toBeUndefined();
    expect(opened(await bob.accept(message, 1)).usedPreKey).toBe(true);
  });

  it("says which key is missing [W-92, section 9]", async () => {
    const [alice, bob] = await pair();
    const message = await alice.send();
    expect(reasonOf(await bob.accept(message))).toBe("no-prekey");
    const { identity } = bob;
    const input = { version, identity, existing: undefined, message, deviceId: 2 as never };
    const answer = await backend.accept({ ...input, signedPreKey: undefined, preKey: undefined });
    expect(reasonOf(answer)).toBe("no-signed-prekey");
  });

  it("takes repeats of the exchange without its prekey [O2-121, section 9]", async () => {
    const [alice, bob] = await pair();
    const [first, second, third] = [await alice.send(), await alice.send(), await alice.send()];
    opened(await bob.accept(second as Uint8Array, 1));
    const late = opened(await bob.accept(first as Uint8Array));
    expect([late.isNewSession, late.usedPreKey, late.counter]).toEqual([false, false, 0]);
    await bob.send();
    expect(opened(await bob.accept(third as Uint8Array)).counter).toBe(2);
    expect(reasonOf(await bob.accept(first as Uint8Array, 1))).toBe("duplicate");
  });

  it("refuses another identity key in the wrapper of a repeat [W-90, O2-136a]", async () => {
    const [alice, bob] = await pair();
    opened(await bob.accept(await alice.send(), 1));
    const mallory = await Device.create(backend, version);
    const form = backend.encodeIdentityKey(version, mallory.identity);
    const identityKey = version === LEGACY ? form.subarray(1) : form;
    const message = await alice.send();
    const before = bob.session.dump();
    const answer = await bob.accept(rewrap(version, message, { identityKey }));
    expect(reasonOf(answer)).toBe("identity-differs");
    expect(bob.session.dump()).toBe(before);
    const { identityKey: reported } = opened(await bob.accept(message));
    expect(reported).toEqual(alice.identity.publicKey);
  });

  it("ignores altered ids in the wrapper of a repeat, and uses no prekey [O2-136a, W-90]", async () => {
    const [alice, bob] = await pair();
    opened(await bob.accept(await alice.send(), 1));
    const altered = rewrap(version, await alice.send(), { preKeyId: 2, signedPreKeyId: 77 });
    expect(opened(await bob.accept(altered, 2)).usedPreKey).toBe(false);
  });

  it("takes an altered base key for a new exchange, which then fails [O2-121]", async () => {
    const [alice, bob] = await pair();
    opened(await bob.accept(await alice.send(), 1));
    const message = await alice.send();
    const altered = rewrap(version, message, { baseKey: bob.signedPreKey.publicKey });
    expect(reasonOf(await bob.accept(altered))).toBe("no-prekey");
    expect(reasonOf(await bob.accept(altered, 2))).toBe("not-authentic");
    opened(await bob.accept(message));
  });

  it("fails on an altered identity key on first contact, by itself [W-90]", async () => {
    const [alice, bob] = await pair();
    const mallory = await Device.create(backend, version);
    const form = backend.encodeIdentityKey(version, mallory.identity);
    const identityKey = version === LEGACY ? form.subarray(1) : form;
    const altered = rewrap(version, await alice.send(), { identityKey });
    expect(reasonOf(await bob.accept(altered, 1))).toBe("not-authentic");
    expect(bob.session.head).toBeUndefined();
  });

  it("refuses an exchange of another identity than that of the session [W-20, O2-109]", async () => {
    const [alice, bob] = await pair();
    opened(await bob.accept(await alice.send(), 1));
    const mallory = await Device.create(backend, version);
    await mallory.initiate(await bob.bundle(2));
    const before = bob.session.dump();
    expect(reasonOf(await bob.accept(await mallory.send(), 2))).toBe("identity-differs");
    expect(bob.session.dump()).toBe(before);
  });

  it("refuses base keys of low order [W-08, O2-10]", async () => {
    const [alice, bob] = await pair();
    const message = await alice.send();
    for (const [, baseKey] of LOW_ORDER) {
      const altered = rewrap(version, message, { baseKey });
      expect(reasonOf(await bob.accept(altered, 1))).toBe("not-authentic");
    }
    expect(bob.session.head).toBeUndefined();
  });

  it("refuses identity keys of low order [W-15, O2-10]", async () => {
    const [alice, bob] = await pair();
    const altered = rewrap(version, await alice.send(), { identityKey: new Uint8Array(32) });
    expect(reasonOf(await bob.accept(altered, 1))).toBe("malformed");
  });

  it("builds the session on a jump within the first message [W-84, O2-60]", async () => {
    const [alice, bob] = await pair();
    const messages: Uint8Array[] = [];
    for (let count = 0; count < 70; count += 1) messages.push(await alice.send());
    expect(opened(await bob.accept(messages[69] as Uint8Array, 1)).counter).toBe(69);
    expect(opened(await bob.accept(messages[0] as Uint8Array)).counter).toBe(0);
    expect(opened(await bob.accept(messages[40] as Uint8Array)).counter).toBe(40);
    expect(reasonOf(await bob.accept(messages[40] as Uint8Array))).toBe("duplicate");
  });
});

describe.each(KINDS)("a legacy key exchange without prekey on %s primitives", (kind) => {
  it("is refused where the policy says so [W-25]", async () => {
    const backend = backendOf(kind, { acceptWithoutPreKey: false });
    const alice = await Device.create(backend, LEGACY);
    const bob = await Device.create(backend, LEGACY);
    await alice.initiate(await bob.bundle());
    expect(reasonOf(await bob.accept(await alice.send()))).toBe("no-prekey");
    expect(bob.session.head).toBeUndefined();
  });

  it("cannot be made by taking the id out of one with prekey [W-23]", async () => {
    const backend = backendOf(kind);
    const alice = await Device.create(backend, LEGACY);
    const bob = await Device.create(backend, LEGACY);
    await alice.initiate(await bob.bundle(1));
    const exchange = decodePreKeySignalMessage(await alice.send());
    if (exchange.kind === "malformed") throw new Error("not an exchange");
    const altered = encodePreKeySignalMessage({ ...exchange, preKeyId: undefined });
    expect(reasonOf(await bob.accept(altered, 1))).toBe("not-authentic");
  });
});
