import {
  bareJid,
  deviceId,
  fingerprint,
  memoryStore,
  type OmemoIdentity,
  type OmemoTrustCallback,
} from "@omemo/core";
import {
  allowListTrust,
  asDecided,
  askAbout,
  blindTrust,
  blindTrustBeforeVerification,
  comparedOnlyTrust,
  firstOf,
  manualTrust,
  pinned,
  pinnedTrust,
  readAuditLog,
  storeTable,
  type TrustPolicy,
  trustOnFirstUse,
  trustPolicy,
  untilCompared,
} from "@omemo/trust";
import { describe, expect, it } from "vitest";

const identity = (jid: string, id: number, digit: string): OmemoIdentity => ({
  jid: bareJid(jid),
  deviceId: deviceId(id),
  fingerprint: fingerprint(digit.repeat(64)),
});

const phone = identity("romeo@example.net", 1, "a");
const laptop = identity("romeo@example.net", 2, "b");
const phonesNewKey = identity("romeo@example.net", 1, "c");
const juliet = identity("juliet@example.org", 1, "a");
const refused = expect.objectContaining({ code: "invalid-input" });

async function states(trust: OmemoTrustCallback, ...identities: readonly OmemoIdentity[]) {
  return await trust.getTrust(identities);
}

describe("blind trust before verification", () => {
  it("ends for all other keys of an account once one was compared, and for no other account [ATM-11]", async () => {
    const trust = blindTrustBeforeVerification(memoryStore());
    expect(await states(trust, phone, laptop)).toEqual(["trusted", "trusted"]);
    await trust.decide(phone, "authenticated");
    expect(await states(trust, phone, laptop, phonesNewKey, juliet)).toEqual([
      "trusted",
      "undecided",
      "undecided",
      "trusted",
    ]);
    await trust.setTrust(laptop, "trusted");
    expect(await states(trust, laptop)).toEqual(["trusted"]);
  });

  it("comes back when the last comparison is taken back", async () => {
    const trust = blindTrustBeforeVerification(memoryStore());
    for (const each of [phone, laptop]) await trust.decide(each, "authenticated");
    await trust.setTrust(phone, "untrusted");
    expect(await states(trust, phone, laptop, phonesNewKey)).toEqual([
      "untrusted",
      "trusted",
      "undecided",
    ]);
    await trust.decide(laptop, "undecided");
    expect(await states(trust, phonesNewKey)).toEqual(["trusted"]);
  });
});

describe("trust on first use", () => {
  it("trusts the first key of a device and never another, also after a restart [O2-109]", async () => {
    const store = memoryStore();
    expect(await states(trustOnFirstUse(store), phone)).toEqual(["trusted"]);
    const later = trustOnFirstUse(store.reopen());
    expect(await states(later, phonesNewKey, phone, laptop)).toEqual([
      "undecided",
      "trusted",
      "trusted",
    ]);
  });

  it("takes a decision for what was the first key as well as for what was not", async () => {
    const trust = trustOnFirstUse(memoryStore());
    await states(trust, phone);
    await trust.setTrust(phonesNewKey, "trusted");
    await trust.setTrust(phone, "untrusted");
    expect(await states(trust, phonesNewKey, phone)).toEqual(["trusted", "untrusted"]);
  });

  it("asks about devices that come later, where it is told to", async () => {
    const trust = trustOnFirstUse(memoryStore(), { newDevices: "ask" });
    expect(await states(trust, phone, laptop)).toEqual(["trusted", "trusted"]);
    expect(await states(trust, identity("romeo@example.net", 3, "d"))).toEqual(["undecided"]);
    expect(await states(trust, juliet)).toEqual(["trusted"]);
  });

  it("keeps the first of two keys that two processes see at once", async () => {
    const store = memoryStore();
    const [one, other] = [trustOnFirstUse(store), trustOnFirstUse(store)];
    await Promise.all([states(one, phone), states(other, phonesNewKey)]);
    const again = await states(trustOnFirstUse(store), phone, phonesNewKey);
    expect([...again].sort()).toEqual(["trusted", "undecided"]);
  });
});

describe("lists", () => {
  it("let in accounts and domains, and nobody else", async () => {
    const trust = allowListTrust(memoryStore(), ["romeo@example.net", "example.org"]);
    const mallory = identity("mallory@example.com", 1, "f");
    expect(await states(trust, phone, juliet, mallory)).toEqual([
      "trusted",
      "trusted",
      "untrusted",
    ]);
    await trust.setTrust(mallory, "trusted");
    await trust.setTrust(phone, "untrusted");
    expect(await states(trust, phone, mallory)).toEqual(["untrusted", "untrusted"]);
    expect(() => allowListTrust(memoryStore(), ["no one"])).toThrow(refused);
  });

  it("pin the keys of an account, whatever anybody decides", async () => {
    const trust = pinnedTrust(memoryStore(), { "romeo@example.net": [phone.fingerprint] });
    await trust.setTrust(laptop, "trusted");
    expect(await states(trust, phone, laptop, juliet)).toEqual([
      "trusted",
      "untrusted",
      "undecided",
    ]);
    expect(() => pinnedTrust(memoryStore(), { "romeo@example.net": ["ab"] })).toThrow(refused);
  });
});

describe("compared keys only", () => {
  it("is a rule of the conversations that it names", async () => {
    const trust = comparedOnlyTrust(memoryStore(), (where) => where === "board@rooms.example.org");
    await trust.setTrust(phone, "trusted");
    await trust.decide(laptop, "authenticated");
    const ask = (where?: string) => {
      return trust.getTrust([phone, laptop], where === undefined ? undefined : bareJid(where));
    };
    expect(await ask("board@rooms.example.org")).toEqual(["undecided", "trusted"]);
    expect(await ask("romeo@example.net")).toEqual(["trusted", "trusted"]);
    expect(await ask()).toEqual(["trusted", "trusted"]);
    await trust.setTrust(phone, "untrusted");
    expect(await ask("board@rooms.example.org")).toEqual(["untrusted", "trusted"]);
  });
});

describe("levels", () => {
  const levels = {
    "met-in-person": { state: "trusted", isAuthenticated: true },
    colleague: { state: "trusted" },
    blocked: { state: "untrusted" },
  } as const;

  it("of one's own mean one of the three states, and are remembered by name", async () => {
    const store = memoryStore();
    const trust = blindTrustBeforeVerification(store, { levels });
    await trust.decide(phone, "met-in-person");
    await trust.decide(juliet, "blocked");
    const again = blindTrustBeforeVerification(store.reopen(), { levels });
    expect(await states(again, phone, laptop, juliet)).toEqual([
      "trusted",
      "undecided",
      "untrusted",
    ]);
    const [told] = await again.explain([phone]);
    expect(told).toMatchObject({ state: "trusted", reason: "compared", level: "met-in-person" });
  });

  it("that there are not, and other meanings of built-in ones, are refused", async () => {
    const trust = manualTrust(memoryStore(), { levels });
    await expect(trust.decide(phone, "nemesis")).rejects.toThrow(refused);
    await expect(trust.decide(phone, "toString")).rejects.toThrow(refused);
    const own = { trusted: { state: "untrusted" } } as const;
    expect(() => manualTrust(memoryStore(), { levels: own })).toThrow(refused);
  });
});

describe("an explanation", () => {
  const cases: readonly (readonly [string, TrustPolicy, OmemoIdentity, string])[] = [
    ["blind", blindTrust(memoryStore()), phone, "blind"],
    ["manual", manualTrust(memoryStore()), phone, "nobody-decided"],
    ["listed", allowListTrust(memoryStore(), ["example.net"]), phone, "listed"],
    ["not listed", allowListTrust(memoryStore(), ["example.net"]), juliet, "not-listed"],
    ["pinned", pinnedTrust(memoryStore(), { [phone.jid]: [phone.fingerprint] }), phone, "pinned"],
    ["not pinned", pinnedTrust(memoryStore(), { [phone.jid]: [] }), phone, "not-pinned"],
    ["first use", trustOnFirstUse(memoryStore()), phone, "first-key"],
  ];

  it.each(cases)(
    "of a key is one sentence that names no key: %s",
    async (_, trust, key, reason) => {
      const [told] = await trust.explain([key]);
      expect(told?.reason).toBe(reason);
      expect(told?.text).toMatch(/^[A-Z][^.]*\.$/);
      expect(told?.text).not.toContain(key.jid);
    },
  );

  it("of a decision names its level, and of a changed key says so", async () => {
    const trust = trustOnFirstUse(memoryStore(), { levels: { friend: { state: "trusted" } } });
    await states(trust, phone);
    await trust.decide(laptop, "friend");
    await trust.decide(juliet, "untrusted", { origin: "trust-message" });
    const told = await trust.explain([phonesNewKey, laptop, juliet]);
    expect(told.map(({ reason }) => reason)).toEqual(["changed-key", "decided", "vouched-for"]);
    expect(told[1]?.text).toContain('"friend"');
  });

  it("changes nothing: a key is still the first after it", async () => {
    const trust = trustOnFirstUse(memoryStore());
    await trust.explain([phone]);
    expect(await states(trust, phonesNewKey)).toEqual(["trusted"]);
  });
});

it("composes: pins before decisions before a default of one's own", async () => {
  const rule = firstOf(pinned({ [juliet.jid]: [juliet.fingerprint] }), asDecided, untilCompared);
  const trust = trustPolicy(memoryStore(), rule, { facts: ["account"] });
  await trust.setTrust(juliet, "untrusted");
  await trust.decide(laptop, "authenticated");
  expect(await states(trust, juliet, laptop, phone)).toEqual(["trusted", "trusted", "undecided"]);
});

describe("the audit log", () => {
  it("has every decision with who, when and why, in order, and is never rewritten", async () => {
    const store = memoryStore();
    let now = 1000;
    const trust = manualTrust(storeTable(store, { audit: true, now: () => now }));
    await trust.decide(phone, "trusted", { by: "admin", why: "new phone" });
    now = 2000;
    await Promise.all([trust.decide(phone, "authenticated"), trust.setTrust(juliet, "untrusted")]);
    await trust.setTrust(juliet, "untrusted"); // nothing new
    const log = await readAuditLog(store.reopen());
    expect(log).toHaveLength(3);
    expect(log[0]).toEqual({
      at: 1000,
      identity: phone,
      level: "trusted",
      before: undefined,
      origin: "person",
      by: "admin",
      why: "new phone",
    });
    const [second, third] = log.slice(1).sort((a, b) => a.level.localeCompare(b.level));
    expect(second).toMatchObject({ at: 2000, identity: phone, before: "trusted", by: "person" });
    expect(third).toMatchObject({ at: 2000, identity: juliet, level: "untrusted" });
  });

  it("is not kept unless asked for", async () => {
    const store = memoryStore();
    await manualTrust(store).setTrust(phone, "trusted");
    expect(await readAuditLog(store)).toEqual([]);
  });

  it("that cannot be read is a failure", async () => {
    const store = memoryStore();
    const put = [{ key: ["trust-log", "000000000000"] as const, value: Uint8Array.of(9, 1) }];
    await store.commit({ check: [], put, delete: [] });
    const failure = expect.objectContaining({ code: "store-failure" });
    await expect(readAuditLog(store)).rejects.toThrow(failure);
  });
});

describe("asking a person", () => {
  it("asks about one undecided key after another, and records the answers", async () => {
    const trust = manualTrust(memoryStore());
    const asked: string[] = [];
    const ask = askAbout(trust, async ({ identity: { deviceId: id }, reason }) => {
      asked.push(`${id} ${reason}`);
      return id === 1 ? "authenticated" : "untrusted";
    });
    await trust.setTrust(juliet, "trusted");
    await ask([phone, juliet, laptop]);
    expect(asked).toEqual(["1 nobody-decided", "2 nobody-decided"]);
    expect(await states(trust, phone, laptop)).toEqual(["trusted", "untrusted"]);
  });

  it("asks once for two messages that wait for the same key", async () => {
    const trust = manualTrust(memoryStore());
    let dialogs = 0;
    const ask = askAbout(trust, async () => {
      dialogs += 1;
      return "trusted";
    });
    await Promise.all([ask([phone]), ask([phone])]);
    expect(dialogs).toBe(1);
  });

  it("stops at the first answer that is none; a dialog that fails is no matter of the next message", async () => {
    const trust = manualTrust(memoryStore());
    const answers = ["closed", undefined, "trusted"];
    const ask = askAbout(trust, async () => {
      const answer = answers.shift();
      if (answer === "closed") throw new Error("window closed");
      return answer;
    });
    const failing = ask([phone]);
    const declined = ask([phone, laptop]);
    await expect(failing).rejects.toThrow("window closed");
    await declined;
    expect(await states(trust, phone, laptop)).toEqual(["undecided", "undecided"]);
    await ask([phone]);
    expect(await states(trust, phone)).toEqual(["trusted"]);
  });
});
