import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS, OMEMO_2 } from "../../src/index.js";
import { NO_LEASE } from "../../src/session/generation/lease.js";
import { planReceive, type ReceiveSnapshot } from "../../src/session/planReceive.js";
import { withKey } from "../../src/session/records/deviceRecord.js";
import { preKeyKey } from "../../src/session/records/recordKeys.js";
import { decodeSession, type SessionRecord } from "../../src/session/records/sessionRecord.js";
import { repairCodec } from "../../src/session/repair/repairRecord.js";
import { identity, opened, stored } from "./fixtures.js";

const bob = identity("bob@example.org", 5);
const session: SessionRecord = {
  backend: "noble",
  head: new Uint8Array([1]) as SessionRecord["head"],
  unanswered: 4,
  lastReceivedAt: 0,
  owesAnswer: false,
  heartbeatFor: undefined,
  startedAt: undefined,
  lease: NO_LEASE,
};

function snapshot(over: Partial<ReceiveSnapshot> = {}): ReceiveSnapshot {
  return {
    backend: "noble",
    version: OMEMO_2,
    identity: bob,
    session,
    storedSession: stored(["session"]),
    device: withKey(undefined, bob.fingerprint, 1),
    storedDevice: stored(["device"]),
    storedPreKey: undefined,
    keepsPreKeys: false,
    exchange: undefined,
    answers: undefined,
    storedAnswers: undefined,
    repairs: undefined,
    isListed: true,
    isListedBetter: false,
    grant: { generation: 3, start: 2 },
    mayAnswer: true,
    now: 1000,
    ...over,
  };
}

const kinds = (plan: ReturnType<typeof planReceive>) => plan.effects.map(({ kind }) => kind);
const plan = (
  seen: ReceiveSnapshot,
  message = opened(),
  trust: "trusted" | "undecided" | "untrusted" = "trusted",
) => planReceive(seen, message, trust, undefined, DEFAULT_LIMITS);

describe("planReceive", () => {
  it("checks every version that it decided by, and resets what counts unanswered messages", () => {
    const { batch } = plan(snapshot());
    expect(batch.check.map(({ version }) => version)).toEqual(["1", "1"]);
    const [put] = batch.put;
    const after = decodeSession(stored(["session"], put?.value));
    expect(after).toMatchObject({ unanswered: 0, lastReceivedAt: 1000, owesAnswer: false });
    expect([...after.head]).toEqual([9]);
  });

  it("removes a used prekey, remembers the exchange and publishes a new bundle [O2-125, O2-126, O2-134]", () => {
    const storedPreKey = stored(preKeyKey(OMEMO_2, 17));
    const seen = snapshot({ session: undefined, storedPreKey, exchange: "ab" });
    const result = plan(seen, opened({ usedPreKey: true, isNewSession: true }));
    expect(result.batch.delete).toContainEqual(["prekey", OMEMO_2, "17"]);
    expect(result.batch.check).toContainEqual({ key: storedPreKey.key, version: "1" });
    expect(result.batch.put.map(({ key }) => key[0])).toContain("exchange");
    expect(kinds(result)).toEqual(["send-empty-message", "publish-bundle"]);
  });

  it("stores a to-do record for every effect, so that a crash repeats it", () => {
    const seen = snapshot({ isListed: false });
    const result = plan(seen, opened({ usedPreKey: true, isNewSession: true }));
    const todos = result.batch.put.filter(({ key }) => key[0] === "todo");
    expect(todos).toHaveLength(result.effects.length);
    expect(kinds(result)).toContain("refresh-device-list");
  });

  it("looks again whether who begins anew in a lesser version still speaks the better one", () => {
    const seen = snapshot({ isListedBetter: true });
    expect(kinds(plan(seen))).toEqual([]);
    expect(kinds(plan(seen, opened({ isNewSession: true })))).toContain("refresh-device-list");
  });

  it("answers a new session, but neither distrusted nor changed undecided keys [O2-109, O2-110, O2-128, O2-108]", () => {
    const fresh = opened({ isNewSession: true });
    expect(kinds(plan(snapshot({ session: undefined }), fresh))).toEqual(["send-empty-message"]);
    expect(kinds(plan(snapshot({ session: undefined }), fresh, "untrusted"))).toEqual([]);
    const changed = snapshot({
      session: undefined,
      device: withKey(undefined, identity("bob@example.org", 5, "b").fingerprint, 1),
    });
    expect(kinds(plan(changed, fresh, "undecided"))).toEqual([]);
    expect(kinds(plan(changed, fresh, "trusted"))).toEqual(["send-empty-message"]);
    expect(kinds(plan(snapshot({ session: undefined, mayAnswer: false }), fresh))).toEqual([]);
  });

  it("never answers an answer [O2-136]", () => {
    expect(kinds(plan(snapshot(), opened({ counter: 52 })))).toEqual([]);
  });

  it("sends one heartbeat a ratchet key from counter 53 on [O2-139, O2-140]", () => {
    expect(kinds(plan(snapshot(), opened({ counter: 52 })))).toEqual([]);
    const due = plan(snapshot(), opened({ counter: 53 }));
    expect(due.effects).toMatchObject([{ kind: "send-empty-message", why: "heartbeat" }]);
    const after = decodeSession(stored(["session"], due.batch.put[0]?.value));
    const next = snapshot({ session: after });
    expect(kinds(plan(next, opened({ counter: 54 })))).toEqual([]);
    const otherChain = opened({ counter: 60, ratchetKey: new Uint8Array(32).fill(8) });
    expect(kinds(plan(next, otherChain))).toEqual(["send-empty-message"]);
  });

  it("stops answering a device that asks too often (invariant 10)", () => {
    const answers = { since: 900, count: DEFAULT_LIMITS.maxAnswersPerPeriod };
    const seen = snapshot({ session: undefined, answers });
    expect(kinds(plan(seen, opened({ isNewSession: true })))).toEqual([]);
    const later = { ...seen, now: 900 + DEFAULT_LIMITS.repairPeriod };
    expect(kinds(plan(later, opened({ isNewSession: true })))).toEqual(["send-empty-message"]);
  });

  it("allows another repair once a message decrypted [L-77]", () => {
    const repairs = { since: 900, count: 1 };
    const { put } = plan(snapshot({ repairs })).batch;
    const after = put.find(({ key }) => key[1] === "repair");
    expect(repairCodec.decode(stored(["automatic"], after?.value))).toEqual({
      ...repairs,
      isSettled: true,
    });
    const again = plan(snapshot({ repairs: { ...repairs, isSettled: true } })).batch;
    expect(again.put.map(({ key }) => key[1])).not.toContain("repair");
  });
});
