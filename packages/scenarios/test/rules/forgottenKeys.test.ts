import { nobleBackend } from "@omemo/backend-noble";
import { type KeyPair, type OmemoBackend, type StoredRecord, toHex } from "@omemo/core";
import { describe, expect, it } from "vitest";
import { type GuestOptions, party } from "../../src/network/party.js";
import { VERSIONS } from "../../src/network/roomScene.js";

const ALICE = "alice@example.org";
const BOB = "bob@example.org";
const PERIOD = 15 * 24 * 60 * 60_000;

describe.each(VERSIONS)("a private key that is due to be forgotten in %s", (_, version) => {
  it("is nowhere in the store: a one-time prekey at once, a signed one after its second period [O2-47, O2-126, L-21]", async () => {
    const used: { signed?: KeyPair | undefined; oneTime?: KeyPair | undefined } = {};
    const backend: GuestOptions["backend"] = (randomBytes) =>
      noticing(nobleBackend({ randomBytes }), ({ signedPreKey, preKey }) => {
        used.signed ??= signedPreKey;
        used.oneTime ??= preKey;
      });
    const at = party();
    const alice = at.guest(ALICE, "phone", { versions: [version], backend });
    const bob = at.guest(BOB, "phone", { versions: [version] });
    await at.settle();
    await at.say(bob, ALICE, "hello");
    expect(alice.texts).toEqual(["hello"]);
    const isKept = (pair: KeyPair | undefined): boolean =>
      alice.device.disk.records().some((record) => holds(record, pair));
    expect([isKept(used.signed), isKept(used.oneTime)]).toEqual([true, false]);
    await at.world.runFor(PERIOD);
    expect(isKept(used.signed)).toBe(true);
    await at.world.runFor(PERIOD);
    expect(isKept(used.signed)).toBe(false);
  });
});

function noticing(
  backend: OmemoBackend,
  notice: (input: Parameters<OmemoBackend["accept"]>[0]) => void,
): OmemoBackend {
  return {
    ...backend,
    accept: (input) => {
      notice(input);
      return backend.accept(input);
    },
  };
}

/** As bytes, or as the text that neutral records are. */
function holds({ value }: StoredRecord, pair: KeyPair | undefined): boolean {
  const { privateKey } = pair as KeyPair;
  const base64 = new TextEncoder().encode(btoa(String.fromCharCode(...privateKey)));
  return [privateKey, base64].some((form) => toHex(value).includes(toHex(form)));
}
