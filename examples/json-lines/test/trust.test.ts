import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  bareJid,
  deviceId,
  memoryStore,
  type OmemoFingerprint,
  type OmemoIdentity,
  type TrustState,
} from "@omemo/core";
import { afterAll, describe, expect, it } from "vitest";
import { execute } from "../src/commands/execute.js";
import type { JsonEvent } from "../src/jsonEvent.js";
import { openTrust } from "../src/trust/openTrust.js";
import { openQuestions } from "../src/trust/questions.js";
import { parseTrustChoice } from "../src/trust/trustChoice.js";
import { UsageError } from "../src/usageError.js";
import { ROMEO, scriptedPeer } from "./scriptedPeer.js";

const folder = mkdtempSync(join(tmpdir(), "json-lines-trust-"));
afterAll(() => rmSync(folder, { recursive: true }));

const KEYS = ["aa", "bb"].map((byte) => byte.repeat(32) as OmemoFingerprint);
const identity = (jid: string, id = 7, key = 0): OmemoIdentity => {
  const fingerprint = KEYS[key] as OmemoFingerprint;
  return { jid: bareJid(jid), deviceId: deviceId(id), fingerprint };
};

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** What `--trust` opens; `answered` are the levels that its questions are answered with. */
function open(choice: string, store = memoryStore(), answered: readonly string[] = []) {
  const events: JsonEvent[] = [];
  const questions = openQuestions(async (event) => {
    const level = answered[events.length];
    events.push(event);
    if (level === undefined) return questions.dismiss();
    const { question } = event;
    await execute({ ...scriptedPeer().peer, questions }, { cmd: "answer", question, level });
  });
  const options = { trust: parseTrustChoice(choice), jid: "juliet@example.org" };
  const told = { emit: async () => undefined, log: () => undefined, questions };
  const { policy, undecided, readLog, automatic } = openTrust(options, store, told);
  const ask = typeof undecided === "function" ? undecided : () => Promise.reject(undecided);
  return { policy, ask, automatic, readLog, questions, events };
}

describe("the option --trust", () => {
  const mercutio = "mercutio@example.com";
  const none: TrustState = "undecided";
  const allowed = file("allowed", "romeo@example.net\n\n  example.com  \n");
  const pins = file("pins.json", JSON.stringify({ [ROMEO]: [KEYS[1]] }));

  // Of: a contact; his other device; the first device with another key; a stranger; our own account.
  it.each<[string, readonly TrustState[]]>([
    ["blind", ["trusted", "trusted", "trusted", "trusted", "trusted"]],
    ["btbv", ["trusted", "trusted", "trusted", "trusted", "trusted"]],
    ["atm", ["trusted", "trusted", "trusted", "trusted", "trusted"]],
    ["tofu", ["trusted", "trusted", none, "trusted", "trusted"]],
    ["manual", [none, none, none, none, none]],
    ["always-ask", [none, none, none, none, none]],
    ["verified-only", [none, none, none, none, none]],
    [`pinned:${pins}`, ["untrusted", "untrusted", "trusted", none, none]],
    [`allow-list:${ROMEO}`, ["trusted", "trusted", "trusted", "untrusted", "trusted"]],
    [`allow-list:${allowed}`, ["trusted", "trusted", "trusted", "trusted", "trusted"]],
  ])("%s: what it says of keys that nobody decided about", async (choice, expected) => {
    const { policy } = open(choice);
    const states: (TrustState | undefined)[] = [];
    for (const asked of [
      identity(ROMEO),
      identity(ROMEO, 8),
      identity(ROMEO, 7, 1),
      identity(mercutio),
      identity("juliet@example.org"),
    ]) {
      states.push((await policy.getTrust([asked], asked.jid))[0]);
    }
    expect(states).toEqual(expected);
  });

  it("lets other devices hear of decisions with atm alone", () => {
    expect(open("atm").automatic).toBeDefined();
    expect(open("btbv").automatic).toBeUndefined();
  });

  it.each(["Romeo@example.net", "EXAMPLE.net"])(
    "verified-only may be about certain conversations, such as %s",
    async (whom) => {
      const { policy } = open(`verified-only:${whom}`);
      for (const jid of [ROMEO, mercutio]) await policy.setTrust(identity(jid), "trusted");
      expect(await policy.getTrust([identity(ROMEO)], ROMEO)).toEqual([none]);
      const states = await policy.getTrust([identity(mercutio)], bareJid(mercutio));
      expect(states).toEqual(["trusted"]);
    },
  );

  it("keeps what was decided and the log of it for the next run, whatever its policy", async () => {
    const store = memoryStore();
    await open("manual", store).policy.decide(identity(ROMEO), "authenticated");
    const next = open("btbv", store);
    const states = await next.policy.getTrust([identity(ROMEO), identity(ROMEO, 8, 1)]);
    expect(states).toEqual(["trusted", none]);
    expect(await next.readLog()).toMatchObject([{ level: "authenticated", origin: "person" }]);
  });

  it.each([
    ["allow-list:/nowhere/at/all", "cannot be read"],
    ["allow-list:@@", "no address"],
    ["verified-only:,", "names nobody"],
    [`pinned:${file("text", "romeo")}`, "not JSON"],
    [`pinned:${file("list.json", "[]")}`, "no object"],
    [`pinned:${file("short.json", '{"a@b":["00"]}')}`, "64 hex digits"],
  ])("refuses %s with a reason", (choice, reason) => {
    expect(() => open(choice)).toThrow(UsageError);
    expect(() => open(choice)).toThrow(reason);
  });
});

describe("with --trust always-ask a message", () => {
  const asked = [identity(ROMEO), identity(ROMEO, 8, 1)];

  it("waits for an answer to each key, and what was decided stays", async () => {
    const levels = ["TRUSTED", "DISTRUSTED"];
    const { policy, ask, events } = open("always-ask", memoryStore(), levels);
    await ask(asked);
    expect(events).toMatchObject([
      { ev: "undecided", question: 1, jid: ROMEO, device: 7, reason: "nobody-decided" },
      { ev: "undecided", question: 2, jid: ROMEO, device: 8, key: KEYS[1] },
    ]);
    expect(await policy.getTrust(asked)).toEqual(["trusted", "untrusted"]);
  });

  it("is not sent when nothing is decided", async () => {
    const { policy, ask, events } = open("always-ask", memoryStore(), ["UNDECIDED", "TRUSTED"]);
    await ask(asked);
    expect(events).toHaveLength(1);
    expect(await policy.getTrust(asked)).toEqual(["undecided", "undecided"]);
  });

  it("is not sent when nobody is there to decide, nor is one that comes later", async () => {
    const { policy, ask, events } = open("always-ask");
    await ask(asked);
    await ask(asked);
    expect(events).toHaveLength(1);
    expect(await policy.getTrust(asked)).toEqual(["undecided", "undecided"]);
  });

  it("is answered once", async () => {
    const { ask, questions } = open("always-ask", memoryStore(), ["TRUSTED"]);
    await ask(asked.slice(0, 1));
    expect(() => questions.answer(1, "untrusted")).toThrow("no open question 1");
  });
});
