import {
  bareJid,
  deviceId,
  fingerprint,
  type OmemoIdentity,
  type OmemoTrustCallback,
  type TrustState,
} from "@omemo/core";
import { assert, assertEqual, assertRejects } from "../assertions.js";
import type { TestRunner } from "../testRunner.js";

/** A policy about which nobody decided anything yet. */
export interface TrustUnderTest {
  readonly trust: OmemoTrustCallback;
  /** Another instance over the same decisions, as after a restart. */
  reopen(): Promise<OmemoTrustCallback>;
  /** Removes the decisions. */
  dispose?(): Promise<void>;
}

type TrustTest = (name: string, body: (subject: TrustUnderTest) => Promise<void>) => void;

const DECISIONS = ["trusted", "untrusted"] as const;

/**
 * What every trust policy has to do, whatever it answers about keys that nobody decided about;
 * `open` gives each test decisions of its own.
 */
export function trustContract(run: TestRunner, open: () => Promise<TrustUnderTest>): void {
  const test: TrustTest = (name, body) => {
    run.it(name, async () => {
      const subject = await open();
      try {
        await body(subject);
      } finally {
        await subject.dispose?.();
      }
    });
  };
  run.describe("OmemoTrustCallback contract", () => {
    decisionTests(test);
    bindingTests(test);
  });
}

function decisionTests(test: TrustTest): void {
  test("answers what was decided last", async ({ trust }) => {
    const alice = identity("alice", 1, "a");
    for (const state of ["trusted", "untrusted", "trusted", "trusted", "untrusted"] as const) {
      await trust.setTrust(alice, state);
      assertEqual(await ask(trust, alice), state, "answer");
    }
  });

  test("takes a decision back", async ({ trust }) => {
    const alice = identity("alice", 1, "a");
    const before = await ask(trust, alice);
    for (const state of DECISIONS) {
      await trust.setTrust(alice, state);
      await trust.setTrust(alice, "undecided");
      assertEqual(await ask(trust, alice), before, "answer as before any decision");
    }
  });

  test("answers in the order asked, many at once, and nothing for nothing", async ({ trust }) => {
    const identities = Array.from({ length: 200 }, (_, index) =>
      identity(`user${index % 20}`, index + 1, index.toString(16)),
    );
    const stateOf = (index: number): TrustState => DECISIONS[index % 2] ?? "untrusted";
    for (const [index, each] of identities.entries()) await trust.setTrust(each, stateOf(index));
    const asked = [...identities].reverse();
    const expected = identities.map((_, index) => stateOf(index)).reverse();
    assertEqual(await trust.getTrust(asked), expected, "answers");
    const twice = await trust.getTrust([...identities.slice(0, 2), ...identities.slice(0, 2)]);
    assertEqual(twice, ["trusted", "untrusted", "trusted", "untrusted"], "asked twice");
    assertEqual(await trust.getTrust([]), [], "asked nothing");
  });

  test("remembers decisions, also those made at once", async ({ trust, reopen }) => {
    const identities = Array.from({ length: 12 }, (_, index) =>
      identity("alice", index + 1, index.toString(16)),
    );
    const stateOf = (index: number): TrustState => DECISIONS[index % 2] ?? "untrusted";
    await Promise.all(identities.map((each, index) => trust.setTrust(each, stateOf(index))));
    const expected = identities.map((_, index) => stateOf(index));
    assertEqual(await trust.getTrust(identities), expected, "answers");
    assertEqual(await (await reopen()).getTrust(identities), expected, "answers after a restart");
  });

  test("refuses what is no decision", async ({ trust }) => {
    const alice = identity("alice", 1, "a");
    const before = await ask(trust, alice);
    const wrong = trust.setTrust(alice, "certainly" as TrustState);
    await assertRejects(wrong, "invalid-input", "a state that does not exist");
    assertEqual(await ask(trust, alice), before, "answer");
  });
}

function bindingTests(test: TrustTest): void {
  test("binds a decision to account and key, not to the device id [O2-109]", async ({ trust }) => {
    for (const state of DECISIONS) {
      await trust.setTrust(identity("alice", 1, "a"), state);
      assertEqual(await ask(trust, identity("alice", 77, "a")), state, "key on another device");
    }
  });

  test("lets no decision make another key trusted [O2-109]", async ({ trust }) => {
    const decided = identity("alice", 1, "a");
    const others = [
      identity("alice", 1, "b"),
      identity("alice", 2, "c"),
      identity("bob", 1, "a"),
      identity("bob", 1, "b"),
    ];
    const before = await trust.getTrust(others);
    for (const state of [...DECISIONS, "undecided"] as const) {
      await trust.setTrust(decided, state);
      const after = await trust.getTrust(others);
      for (const [index, answer] of after.entries()) {
        const isNew = answer === "trusted" && before[index] !== "trusted";
        assert(!isNew, `deciding ${state} about one key made another one trusted`);
      }
    }
  });

  test("keeps a key distrusted whatever is decided about others [O2-110]", async ({ trust }) => {
    const bad = identity("alice", 1, "a");
    await trust.setTrust(bad, "untrusted");
    for (const other of [
      identity("alice", 1, "b"),
      identity("alice", 2, "c"),
      identity("bob", 1, "a"),
    ]) {
      for (const state of DECISIONS) await trust.setTrust(other, state);
      assertEqual(await ask(trust, bad), "untrusted", "the distrusted key");
    }
  });
}

async function ask(
  trust: OmemoTrustCallback,
  asked: OmemoIdentity,
): Promise<TrustState | undefined> {
  const [answer] = await trust.getTrust([asked]);
  return answer;
}

function identity(name: string, id: number, key: string): OmemoIdentity {
  return {
    jid: bareJid(`${name}@example.org`),
    deviceId: deviceId(id),
    fingerprint: fingerprint(key.padStart(64, "0")),
  };
}
