import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bareJid, deviceId, isOmemoError } from "../../src/index.js";
import { decodeAccount, encodeAccount } from "../../src/session/records/accountRecord.js";
import { oneMore } from "../../src/session/records/boundedRecord.js";
import {
  type DeviceListRecord,
  inactiveSince,
  withNewList,
} from "../../src/session/records/deviceListRecord.js";
import { keyStatus, withKey } from "../../src/session/records/deviceRecord.js";
import { inboxId } from "../../src/session/records/inboxRecord.js";
import { decodeSession, encodeSession } from "../../src/session/records/sessionRecord.js";
import { identity, listRecord, stored } from "./fixtures.js";

const codeOf = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return isOmemoError(error) ? error.code : error;
  }
};

describe("session records", () => {
  it("come back as they were written", () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 400 });
    const ratchetKey = fc.option(fc.uint8Array({ minLength: 32, maxLength: 32 }), {
      nil: undefined,
    });
    fc.assert(
      fc.property(
        bytes,
        ratchetKey,
        fc.nat(),
        fc.nat(),
        fc.boolean(),
        fc.option(fc.nat(), { nil: undefined }),
        fc.record({
          start: fc.nat(),
          generation: fc.nat(),
          steps: fc.nat({ max: 255 }),
        }),
        (head, heartbeatFor, unanswered, lastReceivedAt, owesAnswer, startedAt, lease) => {
          const record = {
            backend: "noble",
            head,
            heartbeatFor,
            unanswered,
            lastReceivedAt,
            owesAnswer,
            startedAt,
            lease,
          };
          const written = encodeSession(record as Parameters<typeof encodeSession>[0]);
          expect(decodeSession(stored(["session"], written))).toEqual(record);
        },
      ),
    );
  });

  it("are an error when damaged, never a missing session (invariant 5)", () => {
    const damaged = fc.uint8Array({ maxLength: 40 });
    fc.assert(
      fc.property(damaged, (value) => {
        const result = codeOf(() => decodeSession(stored(["session"], value)));
        return result === "store-failure" || typeof result === "object";
      }),
    );
    expect(codeOf(() => decodeSession(stored(["session"], new Uint8Array(0))))).toBe(
      "store-failure",
    );
  });
});

describe("account records", () => {
  const account = {
    jid: bareJid("alice@example.org"),
    deviceId: deviceId(7),
    createdAt: 12,
    identity: { privateKey: new Uint8Array(32).fill(1), publicKey: new Uint8Array(32).fill(2) },
  };

  it("come back as they were written", () => {
    expect(decodeAccount(stored(["account"], encodeAccount(account)))).toEqual(account);
  });

  it("of a newer format, or cut, are an error that tells nothing secret (invariant 5)", () => {
    const written = encodeAccount(account);
    const newer = Uint8Array.from(written, (byte, index) => (index === 0 ? 2 : byte));
    expect(codeOf(() => decodeAccount(stored(["account"], newer)))).toBe("store-failure");
    const cut = written.slice(0, -5);
    expect(codeOf(() => decodeAccount(stored(["account"], cut)))).toBe("store-failure");
  });
});

describe("device records", () => {
  const first = identity("bob@example.org", 1, "a").fingerprint;
  const second = identity("bob@example.org", 1, "b").fingerprint;

  it("tell a first key from a known and a changed one [O2-109]", () => {
    expect(keyStatus(undefined, first)).toBe("first");
    const record = withKey(undefined, first, 1);
    expect(keyStatus(record, first)).toBe("known");
    expect(keyStatus(record, second)).toBe("changed");
  });

  it("put the key that was shown last first, and keep when it was seen first", () => {
    const record = withKey(withKey(withKey(undefined, first, 1), second, 2), first, 3);
    expect(record.keys).toEqual([
      { fingerprint: first, firstSeenAt: 1 },
      { fingerprint: second, firstSeenAt: 2 },
    ]);
    expect(withKey(record, first, 4)).toBe(record);
  });
});

describe("device list records", () => {
  it("remember who was listed before as inactive [O2-172, L-12]", () => {
    const devices = listRecord(2, 3).devices;
    const record = withNewList(listRecord(1, 2), devices, 50);
    expect(record).toMatchObject({ devices, inactive: [1], seenAt: 50 });
    expect([...withNewList(record, listRecord(1).devices, 60).inactive].sort()).toEqual([2, 3]);
  });
});

describe("since when a device is listed [O2-174]", () => {
  const since = (...records: readonly (readonly [number, readonly number[]])[]) =>
    records.reduce<DeviceListRecord | undefined>(
      (record, [now, ids]) => withNewList(record, listRecord(...ids).devices, now),
      undefined,
    )?.listedSince;

  it("is noted when it is first seen there, and not moved by later lists", () => {
    expect(since([10, [1]], [20, [1, 2]], [30, [2, 1]])).toEqual({ 1: 10, 2: 20 });
  });

  it("begins anew when it comes back", () => {
    expect(since([10, [1]], [20, []], [30, [1]])).toEqual({ 1: 30 });
  });

  it("stays unknown for one that was listed before this was noted", () => {
    const record = withNewList(listRecord(1), listRecord(1, 2).devices, 20);
    expect(record.listedSince).toEqual({ 2: 20 });
  });
});

describe("since when a device is missing on a list [O2-172]", () => {
  const devicesOf = (...ids: readonly number[]) => listRecord(...ids).devices;

  it("is when the first list without it came, until it comes back", () => {
    const left = withNewList(withNewList(listRecord(1, 2), devicesOf(2), 20), devicesOf(), 30);
    expect([1, 2, 3].map((id) => inactiveSince(left, id))).toEqual([20, 30, undefined]);
    const back = withNewList(left, devicesOf(1), 40);
    expect([1, 2].map((id) => inactiveSince(back, id))).toEqual([undefined, 30]);
  });

  it("is when the list was seen last where nobody noted it, so that none goes too early", () => {
    const old = { devices: [], inactive: [1], seenAt: 50 };
    expect(inactiveSince(old, 1)).toBe(50);
    expect(inactiveSince(withNewList(old, devicesOf(), 60), 1)).toBe(50);
  });
});

describe("bounds on what is done without being asked (invariant 10)", () => {
  it("count within a period and begin anew after it", () => {
    const first = oneMore(undefined, 100, 10, 2);
    const second = oneMore(first, 105, 10, 2);
    expect(second).toEqual({ since: 100, count: 2 });
    expect(oneMore(second, 109, 10, 2)).toBeUndefined();
    expect(oneMore(second, 110, 10, 2)).toEqual({ since: 110, count: 1 });
  });

  it("survive a clock that was set back", () => {
    expect(oneMore({ since: 100, count: 2 }, 50, 10, 2)).toEqual({ since: 50, count: 1 });
  });
});

describe("inbox ids", () => {
  it("sort in order of arrival", () => {
    const ids = [inboxId(9, 2, "a"), inboxId(9, 11, "a"), inboxId(10, 1, "a")];
    expect([...ids].sort()).toEqual(ids);
  });
});
