import { describe, expect, it } from "vitest";
import { bareJid, LEGACY, OMEMO_2 } from "../../src/index.js";
import { chooseCandidates } from "../../src/session/candidates.js";
import { device, listRecord } from "./fixtures.js";

const bob = bareJid("bob@example.org");

function lists(omemo2: readonly number[], legacy: readonly number[]) {
  return {
    jid: bob,
    lists: [
      { version: OMEMO_2, record: listRecord(...omemo2) },
      { version: LEGACY, record: listRecord(...legacy) },
    ],
  };
}

describe("chooseCandidates", () => {
  it("takes each device once and prefers OMEMO 2 [O2-176]", () => {
    const found = chooseCandidates([lists([1, 2], [2, 3])], device("alice@example.org", 9), 200);
    expect(found.map(({ device: { deviceId }, versions }) => [deviceId, versions])).toEqual([
      [1, [OMEMO_2]],
      [2, [OMEMO_2, LEGACY]],
      [3, [LEGACY]],
    ]);
  });

  it("never encrypts for the sending device, but for a stranger's device with its id [O2-21, L-38]", () => {
    const own = { jid: bareJid("alice@example.org"), lists: lists([1, 2], []).lists };
    const found = chooseCandidates([lists([1], []), own], device("alice@example.org", 1), 200);
    expect(found.map(({ device: { jid, deviceId } }) => `${jid} ${deviceId}`)).toEqual([
      "bob@example.org 1",
      "alice@example.org 2",
    ]);
  });

  it("stops at the cap of devices an account may have [O2-25]", () => {
    const ids = Array.from({ length: 10 }, (_, index) => index + 1);
    expect(chooseCandidates([lists(ids, [])], device("a@b", 1), 3)).toHaveLength(3);
  });
});
