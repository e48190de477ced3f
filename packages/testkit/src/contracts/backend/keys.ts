import { LEGACY, OMEMO_2, type OmemoBackend, type OmemoVersion } from "@omemo/core";
import { assert, assertEqual } from "../assertions.js";
import type { BackendTest } from "./backendTest.js";
import { Party, text } from "./party.js";

/** Identities, prekeys, signatures. */
export function keyTests(test: BackendTest): void {
  test("makes identities whose Ed25519 form has sign bit 0 [O2-09, W-01]", async (backend) => {
    for (let round = 0; round < 8; round += 1) {
      const { privateKey, publicKey } = await backend.generateIdentity();
      assertEqual([privateKey.length, publicKey.length], [32, 32], "lengths");
      const [first, last] = [privateKey[0] ?? 0, privateKey[31] ?? 0];
      assertEqual([first & 0x07, last & 0xc0], [0, 0x40], "clamped bits");
      if (!backend.versions.includes(OMEMO_2)) continue;
      const published = backend.encodeIdentityKey(OMEMO_2, { privateKey, publicKey });
      assertEqual((published[31] ?? 0) & 0x80, 0, "sign bit");
    }
  });

  test("makes as many different key pairs as asked for", async (backend) => {
    assertEqual(await backend.generateKeyPairs(0), [], "none");
    const pairs = await backend.generateKeyPairs(120);
    assertEqual(pairs.length, 120, "count");
    const names = pairs.flatMap(({ privateKey, publicKey }) => [`${privateKey}`, `${publicKey}`]);
    assertEqual(new Set(names).size, 240, "different keys");
  });

  test("publishes identity keys in the form of the version, and reads them back [O2-07, W-02]", async (backend, version) => {
    const identity = await backend.generateIdentity();
    const published = backend.encodeIdentityKey(version, identity);
    assertEqual(published.length, version === LEGACY ? 33 : 32, "length");
    if (version === LEGACY) assertEqual(published[0], 5, "type byte");
    const key = backend.decodeIdentityKey(version, published);
    assertEqual(key, identity.publicKey, "key");
  });

  test("refuses identity keys of other lengths, off the curve or of low order [O2-10, W-15]", async (backend, version) => {
    const good = backend.encodeIdentityKey(version, await backend.generateIdentity());
    const bad = [
      good.subarray(1),
      good.subarray(0, -1),
      new Uint8Array([...good, 0]),
      new Uint8Array(0),
      ...LOW_ORDER[version],
    ];
    for (const bytes of bad) {
      assertEqual(backend.decodeIdentityKey(version, bytes), undefined, `decoding ${bytes}`);
    }
    if (version !== OMEMO_2) return;
    // About half of all y-coordinates belong to no point.
    const decoded = Array.from({ length: 40 }, (_, index) =>
      backend.decodeIdentityKey(version, Uint8Array.from([index + 2, ...new Uint8Array(31)])),
    );
    assert(decoded.includes(undefined), "takes every 32 bytes for a point of the curve");
  });

  test("signs prekeys with 64 bytes that a bundle proves [O2-43, W-10]", async (backend, version) => {
    const alice = await Party.create(backend, version);
    const bob = await Party.create(backend, version);
    const bundle = await bob.bundle();
    assertEqual(bundle.signedPreKeySignature.length, 64, "length");
    await alice.initiate(bundle);
  });

  test("refuses a bundle whose signature does not fit, and changes nothing [O2-39f, W-33]", async (backend, version) => {
    const alice = await Party.create(backend, version);
    const bundle = await (await Party.create(backend, version)).bundle();
    const stranger = await (await Party.create(backend, version)).bundle();
    const forgeries = [
      ...[0, 20, 31, 32, 50, 62].map((index) => ({
        ...bundle,
        signedPreKeySignature: flip(bundle.signedPreKeySignature, index),
      })),
      { ...bundle, signedPreKeySignature: bundle.signedPreKeySignature.subarray(1) },
      { ...bundle, signedPreKeySignature: new Uint8Array(64) },
      { ...bundle, signedPreKey: stranger.signedPreKey },
      { ...bundle, identityKey: stranger.identityKey },
    ];
    for (const forged of forgeries) {
      const { identity } = alice;
      const answer = await backend.initiate({
        version,
        identity,
        deviceId: 11 as never,
        bundle: forged,
        existing: undefined,
      });
      assertEqual(answer, { kind: "refused", reason: "not-authentic" }, "a forged bundle");
    }
    await alice.initiate(bundle);
  });

  test("signs device labels, and verifies them [O2-29, O2-30]", async (backend, version) => {
    if (version !== OMEMO_2) return;
    await checkLabels(backend, version);
  });
}

async function checkLabels(backend: OmemoBackend, version: OmemoVersion): Promise<void> {
  const identity = await backend.generateIdentity();
  const key = backend.encodeIdentityKey(version, identity);
  const signature = await backend.signLabel(identity, "Phone ✨");
  assertEqual(signature.length, 64, "length");
  assert(await backend.verifyLabel(key, "Phone ✨", signature), "a good label is refused");
  const other = backend.encodeIdentityKey(version, await backend.generateIdentity());
  for (const forgery of [
    backend.verifyLabel(key, "Phone", signature),
    backend.verifyLabel(key, "Phone ✨", flip(signature, 3)),
    backend.verifyLabel(other, "Phone ✨", signature),
    backend.verifyLabel(key, "Phone ✨", signature.subarray(1)),
    backend.verifyLabel(text("not a key"), "Phone ✨", signature),
  ]) {
    assertEqual(await forgery, false, "a forged label");
  }
}

/** A copy with one bit changed. */
export function flip(bytes: Uint8Array, index: number, mask = 1): Uint8Array {
  const changed = bytes.slice();
  changed[index] = (changed[index] ?? 0) ^ mask;
  return changed;
}

const ONE = Uint8Array.from([1, ...new Uint8Array(31)]);
/** 2^255 − 20, which is −1. */
const MINUS_ONE = Uint8Array.from([0xec, ...new Uint8Array(30).fill(0xff), 0x7f]);
/** 2^255 − 19, which is written 0. */
const PRIME = Uint8Array.from([0xed, ...new Uint8Array(30).fill(0xff), 0x7f]);
const ZERO = new Uint8Array(32);

/** As published. */
const LOW_ORDER: Readonly<Record<OmemoVersion, readonly Uint8Array[]>> = {
  "eu.siacs.conversations.axolotl": [ZERO, ONE, MINUS_ONE, PRIME].map((u) =>
    Uint8Array.from([5, ...u]),
  ),
  "urn:xmpp:omemo:2": [ZERO, ONE, MINUS_ONE],
};
