import {
  type BareJid,
  bareJid,
  LEGACY,
  memoryStore,
  OMEMO_2,
  OmemoError,
  type OmemoEvents,
  type OmemoManager,
  type OmemoStore,
} from "@omemo/core";
import { describe, expect, it } from "vitest";
import { type GuardChange, plaintextGuard, storeGuardTable } from "../../src/index.js";
import { FakeClient, settle } from "../fakeClient.js";
import { type GuardedClient, guardedClient, OWN } from "./guardedClient.js";
import { FALLBACK, HINTS, LEGACY_CIPHERTEXT, OMEMO_2_CIPHERTEXT } from "./samples.js";

const ALICE = bareJid("alice@example.org");
const CAROL = bareJid("carol@example.org");
const REFUSED = { code: "plaintext-refused" };
const EMPTY_MESSAGE = OMEMO_2_CIPHERTEXT.replace(/<payload>.*<\/payload>/, "");
const text = (content = "<body>secret words</body>", to: string = ALICE) =>
  `<message to="${to}">${content}</message>`;

const refuses = async (guarded: GuardedClient, to: string = ALICE): Promise<void> => {
  await expect(guarded.send(text(undefined, to))).rejects.toMatchObject(REFUSED);
};

/** The part of a manager that a guard listens to. */
function fakeManager(fallbackBody: string | false = false) {
  const listeners = new Map<string, (event: never) => unknown>();
  const settings = { fallbackBody };
  const manager = {
    on: (name: string, listener: (event: never) => unknown) => listeners.set(name, listener),
    getSettings: () => settings,
  };
  return {
    manager: manager as unknown as OmemoManager,
    settings,
    emit: async <Name extends keyof OmemoEvents>(name: Name, event: OmemoEvents[Name]) =>
      listeners.get(name)?.(event as never),
    has: (name: string) => listeners.has(name),
  };
}

const seen = (conversation: BareJid, trust: "trusted" | "untrusted" = "trusted") =>
  ({ conversation, version: OMEMO_2, direction: "received", trust }) as const;

describe("encryption is sticky", () => {
  it("by the first content that we encrypt, before it leaves, and after a restart", async () => {
    const store = memoryStore();
    const first = guardedClient({ store });
    await first.send(text());
    await first.send(text(OMEMO_2_CIPHERTEXT + HINTS));
    await refuses(first);
    const second = guardedClient({ store });
    await refuses(second);
    expect(await second.guard.get("Alice@example.org/x")).toMatchObject({
      conversation: ALICE,
      isMarked: true,
      versions: [OMEMO_2],
      cause: "sent",
    });
  });

  it("it is on record when the ciphertext leaves, and nothing overtakes that", async () => {
    const store = memoryStore();
    let isCommitted = false;
    const slow: OmemoStore = {
      ...store,
      commit: async (batch) => {
        await settle();
        isCommitted = true;
        return store.commit(batch);
      },
    };
    const guarded = guardedClient({ store: slow });
    const sent = guarded.send(text(OMEMO_2_CIPHERTEXT));
    const next = guarded.send(`<presence id="next"/>`);
    const clear = guarded.send(text()).catch((error: unknown) => error);
    expect([guarded.bytes(), isCommitted]).toEqual(["", false]);
    await Promise.all([sent, next]);
    expect(guarded.bytes().indexOf("payload")).toBeLessThan(guarded.bytes().indexOf("next"));
    expect(await clear).toMatchObject(REFUSED);
  });

  it("with the first ciphertext nothing stands beside it already", async () => {
    const guarded = guardedClient();
    const mixed = text(`${LEGACY_CIPHERTEXT}<body>secret words</body>`);
    await expect(guarded.send(mixed)).rejects.toMatchObject(REFUSED);
    expect(guarded.bytes()).toBe("");
  });

  it("a message that only moves the ratchet says nothing", async () => {
    const guarded = guardedClient();
    await guarded.send(text(EMPTY_MESSAGE));
    await guarded.send(text());
    expect(await guarded.guard.list()).toEqual([]);
  });

  it("not where the application wants to do it by itself", async () => {
    const guarded = guardedClient({ automatic: false });
    const { manager, emit } = fakeManager();
    guarded.guard.follow(manager);
    await guarded.send(text(OMEMO_2_CIPHERTEXT));
    await emit("encrypted-conversation", seen(ALICE));
    await guarded.send(text());
    await guarded.guard.mark(ALICE);
    await refuses(guarded);
  });

  it("versions that come into use later widen what may stand outside [L-48]", async () => {
    const guarded = guardedClient();
    const typing = text("<composing xmlns='http://jabber.org/protocol/chatstates'/>");
    await guarded.send(text(OMEMO_2_CIPHERTEXT));
    await expect(guarded.send(typing)).rejects.toMatchObject(REFUSED);
    await guarded.send(text(LEGACY_CIPHERTEXT));
    await guarded.send(typing);
    expect((await guarded.guard.get(ALICE))?.versions).toEqual([OMEMO_2, LEGACY]);
    expect(await guarded.guard.log()).toHaveLength(2);
  });

  it("another process on the same store sees it at once", async () => {
    const store = memoryStore();
    const [here, there] = [guardedClient({ store }), guardedClient({ store })];
    await here.send(text());
    await there.guard.mark(ALICE);
    await refuses(here);
    await there.guard.release(ALICE, { reason: "asked on the phone" });
    await here.send(text());
  });
});

describe("leaving it", () => {
  it("needs a reason, is kept with it, and ends with the next content that we encrypt", async () => {
    const guarded = guardedClient();
    const { guard } = guarded;
    await guard.mark(ALICE, { reason: "verified", by: "bob" });
    await expect(guard.release(ALICE, { reason: " " })).rejects.toMatchObject({
      code: "invalid-input",
    });
    await refuses(guarded);
    await guard.release("alice@example.org/x", { reason: "lost the phone", by: "bob" });
    await guarded.send(text());
    await guarded.send(text(LEGACY_CIPHERTEXT));
    await refuses(guarded);
    expect(await guard.log()).toEqual([
      {
        conversation: ALICE,
        isMarked: true,
        versions: [OMEMO_2, LEGACY],
        cause: "application",
        reason: "verified",
        by: "bob",
        at: 0,
      },
      {
        conversation: ALICE,
        isMarked: false,
        versions: [],
        cause: "application",
        reason: "lost the phone",
        by: "bob",
        at: 0,
      },
      { conversation: ALICE, isMarked: true, versions: [LEGACY], cause: "sent", at: 0 },
    ]);
    expect(await guard.list()).toHaveLength(1);
  });

  it("does not end by what others send", async () => {
    const guarded = guardedClient();
    const { manager, emit } = fakeManager();
    guarded.guard.follow(manager);
    await emit("encrypted-conversation", seen(CAROL, "untrusted"));
    await guarded.send(text(undefined, CAROL));
    await emit("encrypted-conversation", seen(CAROL));
    await refuses(guarded, CAROL);
    await guarded.guard.release(CAROL, { reason: "asked on the phone" });
    await emit("encrypted-conversation", seen(CAROL));
    await guarded.send(text(undefined, CAROL));
  });

  it("is not possible where a function of the application says so", async () => {
    const guarded = guardedClient({ mustEncrypt: (jid) => jid === ALICE });
    await guarded.guard.release(ALICE, { reason: "whatever" });
    await refuses(guarded);
    await guarded.send(text(undefined, CAROL));
    await expect(guarded.send(text(undefined, "@"))).rejects.toMatchObject(REFUSED);
  });

  it("follows an opt-out of our user, and ends with it [O2-164, O2-166, O2-168]", async () => {
    const guarded = guardedClient();
    const { manager, emit } = fakeManager();
    guarded.guard.follow(manager);
    await guarded.guard.mark(ALICE);
    const decide = (conversation: BareJid, state: "plain" | "encrypted", reason?: string) =>
      emit("opt-out-decision", { conversation, state, reason });
    const decided = decide(ALICE, "plain", "too old a phone");
    await guarded.send(text()); // sent after the decision, so judged by it
    await decided;
    await decide(ALICE, "encrypted");
    await refuses(guarded);
    await decide(ALICE, "plain");
    await guarded.send(text());
    const resumed = { kind: "resumed", isEffective: true, conversation: ALICE };
    await emit("opt-out", resumed as OmemoEvents["opt-out"]);
    await refuses(guarded);
    expect((await guarded.guard.log()).map(({ cause, reason }) => [cause, reason])).toEqual([
      ["application", undefined],
      ["opt-out", "too old a phone"],
      ["opt-out", "back to OMEMO"],
      ["opt-out", "opted out of OMEMO"],
      ["opt-out", "back to OMEMO"],
    ]);
  });

  it("does not follow what a contact asks for", async () => {
    const guarded = guardedClient();
    const { manager, emit } = fakeManager();
    guarded.guard.follow(manager);
    await guarded.guard.mark(ALICE);
    const asked = { kind: "opted-out", isEffective: true, conversation: ALICE };
    await emit("opt-out", asked as OmemoEvents["opt-out"]);
    await refuses(guarded);
  });

  it("the whole account opts out of what was marked, and back into just that [O2-170]", async () => {
    const guarded = guardedClient();
    const { manager, emit } = fakeManager();
    guarded.guard.follow(manager);
    await guarded.guard.mark(ALICE);
    await guarded.guard.mark(CAROL);
    await guarded.guard.release(CAROL, { reason: "asked on the phone" });
    const own = bareJid(OWN);
    await emit("opt-out-decision", { conversation: own, state: "plain", reason: undefined });
    await guarded.send(text());
    await emit("opt-out-decision", { conversation: own, state: "encrypted", reason: undefined });
    await refuses(guarded);
    await guarded.send(text(undefined, CAROL));
  });
});

describe("a manager", () => {
  it("says which text stands beside its ciphertext, at any time [L-44]", async () => {
    const guarded = guardedClient();
    const { manager, settings } = fakeManager("see OMEMO");
    await guarded.guard.mark(ALICE);
    const mine = text(`${LEGACY_CIPHERTEXT}<body>see OMEMO</body>`);
    await expect(guarded.send(mine)).rejects.toMatchObject(REFUSED);
    guarded.guard.follow(manager);
    await guarded.send(mine);
    for (const content of [
      LEGACY_CIPHERTEXT + FALLBACK,
      `${LEGACY_CIPHERTEXT}<body xml:lang='en'>see OMEMO</body>`,
      `${LEGACY_CIPHERTEXT}<body note='x'>see OMEMO</body>`,
      `${LEGACY_CIPHERTEXT}<body>see OMEMO</body><body>secret words</body>`,
      "<body>see OMEMO</body>",
    ]) {
      await expect(guarded.send(text(content))).rejects.toMatchObject(REFUSED);
    }
    settings.fallbackBody = false;
    await expect(guarded.send(mine)).rejects.toMatchObject(REFUSED);
  });

  it("is not made to hand messages over by being followed (invariant 2)", () => {
    const { manager, has } = fakeManager();
    guardedClient().guard.follow(manager);
    expect(has("message")).toBe(false);
  });
});

describe("where the table fails", () => {
  const failure = new OmemoError("store-failure", "no disk");

  it("nothing readable leaves, and what is encrypted neither until its mark is on record", async () => {
    const store = memoryStore();
    let isBroken = true;
    const check = () => (isBroken ? Promise.reject(failure) : undefined);
    const broken: OmemoStore = {
      ...store,
      get: async (keys) => (await check()) ?? store.get(keys),
      commit: async (batch) => (await check()) ?? store.commit(batch),
      list: async function* (prefix) {
        await check();
        yield* store.list(prefix);
      },
    };
    const guarded = guardedClient({ store: broken });
    for (const each of [text(), text(OMEMO_2_CIPHERTEXT)]) {
      await expect(guarded.send(each)).rejects.toMatchObject({ code: "store-failure" });
    }
    expect(() => guarded.writeRaw(text())).toThrow();
    expect(guarded.bytes()).toBe("");
    isBroken = false;
    await guarded.send(text());
    await guarded.send(text(OMEMO_2_CIPHERTEXT));
    await refuses(guarded);
  });

  it("a record that nobody can read is an error, not a conversation that nobody marked", async () => {
    const store = memoryStore();
    const guarded = guardedClient({ store });
    await guarded.guard.mark(ALICE);
    for (const value of [Uint8Array.of(9), Uint8Array.of(1, 0x7b)]) {
      await store.commit({ check: [], put: [{ key: ["guard", ALICE], value }], delete: [] });
      await expect(guarded.send(text())).rejects.toMatchObject({ code: "store-failure" });
      await expect(guardedClient({ store }).guard.list()).rejects.toThrow(/newer version/);
    }
  });

  it("two writers at once both get into the log, in one order", async () => {
    const store = memoryStore();
    const tables = [storeGuardTable(store), storeGuardTable(store)];
    const change = (at: number): GuardChange => ({
      conversation: ALICE,
      isMarked: true,
      versions: [OMEMO_2],
      cause: "application",
      at,
    });
    await Promise.all([0, 1, 2, 3].map((at) => tables[at % 2]?.write(ALICE, change(at))));
    const [log = []] = await Promise.all(tables.map((table) => table.readLog()));
    expect(log.map(({ at }) => at).sort()).toEqual([0, 1, 2, 3]);
    expect(await tables[0]?.read([ALICE])).toEqual([log.at(-1)]);
  });

  it("others that never stop writing are an error", async () => {
    const conflict = new OmemoError("store-conflict", "busy");
    const store: OmemoStore = { ...memoryStore(), commit: () => Promise.reject(conflict) };
    const guard = plaintextGuard(new FakeClient(), storeGuardTable(store));
    await expect(guard.mark(ALICE)).rejects.toMatchObject({ code: "store-conflict" });
    expect((await guard.get(ALICE))?.isMarked).toBe(true);
  });
});
