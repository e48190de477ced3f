import { type NobleBackendOptions, nobleBackend } from "@omemo/backend-noble";
import { LEGACY, OMEMO_2, type OmemoBackend } from "@omemo/core";
import { backendContract } from "@omemo/testkit";
import { describe, expect, it } from "vitest";

/** A way to get a backend wrong, and the test of the contract that has to notice it. */
interface Defect {
  readonly noticedBy: RegExp;
  readonly options?: NobleBackendOptions;
  readonly breakBackend?: (backend: OmemoBackend) => Partial<OmemoBackend>;
}

const both = (limits: object) => ({ limits: { [OMEMO_2]: limits, [LEGACY]: limits } });

const DEFECTS: Readonly<Record<string, Defect>> = {
  "does the work for any counter": {
    noticedBy: /beyond the limit/,
    options: both({ jump: 100_000 }),
  },
  "refuses jumps that peers make": { noticedBy: /across a gap/, options: both({ jump: 900 }) },
  "holds fewer keys than it should": {
    noticedBy: /drops the oldest/,
    options: both({ heldKeys: 500 }),
  },
  "holds keys for ever": { noticedBy: /drops the oldest/, options: both({ heldKeys: 5000 }) },
  "keeps no replaced sessions": {
    noticedBy: /replaced since/,
    options: both({ archivedSessions: 0 }),
  },
  "writes a version byte that peers refuse": {
    noticedBy: /first byte/,
    breakBackend: ({ encryptFor }) => ({
      encryptFor: async (sessions, plaintext) =>
        (await encryptFor(sessions, plaintext)).map((sealed) => {
          const message = Uint8Array.from(sealed.message);
          message[0] = 0x34;
          return { ...sealed, message };
        }),
    }),
  },
  "refuses legacy exchanges without prekey": {
    noticedBy: /legacy version only/,
    options: { acceptWithoutPreKey: false },
  },
  "keeps the old state after sending": {
    noticedBy: /any length/,
    breakBackend: ({ encryptFor }) => ({
      encryptFor: async (sessions, plaintext) =>
        (await encryptFor(sessions, plaintext)).map((sealed, index) => {
          const head = sessions[index]?.head ?? sealed.change.head;
          return { ...sealed, change: { ...sealed.change, head } };
        }),
    }),
  },
  "answers in another order": {
    noticedBy: /order given/,
    breakBackend: ({ encryptFor }) => ({
      encryptFor: async (...given) => [...(await encryptFor(...given))].reverse(),
    }),
  },
  "wipes what it was given": {
    noticedBy: /leaves it usable/,
    breakBackend: ({ decrypt }) => ({
      decrypt: async (session, message) => {
        const answer = await decrypt(session, message);
        message.fill(0);
        return answer;
      },
    }),
  },
  "throws at hostile bytes": {
    noticedBy: /never with an exception/,
    breakBackend: ({ decrypt }) => ({
      decrypt: async (session, message) => {
        const answer = await decrypt(session, message);
        if (answer.kind === "refused") throw new RangeError("bad message");
        return answer;
      },
    }),
  },
  "calls a repetition a forgery": {
    noticedBy: /shuffled order/,
    breakBackend: ({ decrypt }) => ({
      decrypt: async (session, message) => {
        const answer = await decrypt(session, message);
        const isDuplicate = answer.kind === "refused" && answer.reason === "duplicate";
        return isDuplicate ? { kind: "refused", reason: "not-authentic" } : answer;
      },
    }),
  },
  "never uses up a prekey": {
    noticedBy: /in any order, with its prekey gone/,
    breakBackend: ({ accept }) => ({
      accept: async (input) => {
        const answer = await accept(input);
        return answer.kind === "opened" ? { ...answer, usedPreKey: false } : answer;
      },
    }),
  },
  "calls another identity a forgery": {
    noticedBy: /names another identity/,
    breakBackend: ({ accept }) => ({
      accept: async (input) => {
        const answer = await accept(input);
        const isAltered = answer.kind === "refused" && answer.reason === "identity-differs";
        return isAltered ? { kind: "refused", reason: "not-authentic" } : answer;
      },
    }),
  },
  "makes identities of either sign": {
    noticedBy: /sign bit 0/,
    breakBackend: ({ generateKeyPairs }) => ({
      generateIdentity: async () => (await generateKeyPairs(1))[0] as never,
    }),
  },
  "signs with nothing": {
    noticedBy: /a bundle proves/,
    breakBackend: () => ({ signPreKey: async () => new Uint8Array(64) }),
  },
  "asks for parts without end": {
    noticedBy: /across a gap/,
    breakBackend: () => ({ decrypt: async () => ({ kind: "needs-parts", names: ["nothing"] }) }),
  },
};

/** Runs those tests of the contract that a pattern names; gives the names of those that failed. */
async function failuresOf(make: () => OmemoBackend, pattern: RegExp): Promise<readonly string[]> {
  const tests: { readonly name: string; readonly body: () => Promise<void> }[] = [];
  const declare = (name: string, body: () => Promise<void>) => tests.push({ name, body });
  backendContract({ describe: (_name, body) => body(), it: declare }, make);
  const failures: string[] = [];
  for (const { name, body } of tests.filter((each) => pattern.test(each.name))) {
    await body().catch(() => failures.push(name));
  }
  return failures;
}

describe("backendContract", () => {
  for (const [defect, { noticedBy, options, breakBackend }] of Object.entries(DEFECTS)) {
    it(`fails a backend that ${defect}`, async () => {
      const make = () => {
        const backend = nobleBackend(options);
        return { ...backend, ...breakBackend?.(backend) };
      };
      expect(await failuresOf(make, noticedBy)).not.toEqual([]);
    });
  }
});
