import { describe, expect, it } from "vitest";
import { bareJid, deviceId, OmemoError, type SkipReason } from "../../../src/index.js";
import {
  type Audience,
  findListError,
  findRecipientError,
} from "../../../src/session/plan/audience.js";
import { skippedDevice } from "../../../src/session/plan/skippedDevice.js";
import { unreachedMembers } from "../../../src/session/plan/unreached.js";

const OWN = bareJid("juliet@example.org");
const ROMEO = bareJid("romeo@example.net");
const NURSE = bareJid("nurse@example.org");
const SAYS = ["{jabber:client}body"];
const talk: Audience = { own: OWN, recipients: [ROMEO], mustReachAll: true, says: SAYS };
const room: Audience = { ...talk, recipients: [ROMEO, NURSE], mustReachAll: false };
const hidden = new OmemoError("transport-failure", "hidden");
const offline = new OmemoError("offline", "offline");

describe("an account whose devices nobody can tell", () => {
  it("stops a conversation, and in a room only where all must be reached", () => {
    expect(findListError(talk, new Map([[ROMEO, hidden]]))).toBe(hidden);
    expect(findListError(room, new Map([[ROMEO, hidden]]))).toBeUndefined();
    const strict = { ...room, mustReachAll: true };
    expect(findListError(strict, new Map([[ROMEO, hidden]]))).toBe(hidden);
  });

  it("stops every message when it is our own, or when it is we who are offline", () => {
    expect(findListError(room, new Map([[OWN, hidden]]))).toBe(hidden);
    const both = new Map([
      [ROMEO, hidden],
      [NURSE, offline],
    ]);
    expect(findListError(room, both)).toBe(offline);
  });
});

describe("a message that reaches nobody (invariant 8)", () => {
  it("names the devices and why", () => {
    const device = { jid: ROMEO, deviceId: deviceId(1) };
    const error = findRecipientError(talk, new Set([OWN]), [skippedDevice(device, "no-bundle")]);
    expect(error).toMatchObject({ code: "no-recipient-devices", devices: [device] });
    expect(error?.message).toContain("no-bundle");
  });

  it("is enough in a room when one member can read it", () => {
    expect(findRecipientError(room, new Set([NURSE]), [])).toBeUndefined();
    expect(findRecipientError(room, new Set(), [])?.code).toBe("no-recipient-devices");
  });

  it("may leave out our other devices unless it is a note to ourselves", () => {
    const copied = { ...talk, recipients: [ROMEO, OWN] };
    expect(findRecipientError(copied, new Set([ROMEO]), [])).toBeUndefined();
    const note = { ...talk, recipients: [OWN] };
    expect(findRecipientError(note, new Set(), [])?.code).toBe("no-recipient-devices");
  });

  it("says of each recipient whether there is no device, no list, or none that can read", () => {
    const left = skippedDevice({ jid: ROMEO, deviceId: deviceId(1) }, "untrusted");
    const peter = bareJid("peter@example.org");
    expect(unreachedMembers([ROMEO, NURSE, peter], [left], new Set([peter]))).toEqual([
      { jid: ROMEO, reason: "devices-skipped" },
      { jid: NURSE, reason: "no-devices" },
      { jid: peter, reason: "lists-unavailable" },
    ]);
  });
});

describe("a skipped device", () => {
  const all: Readonly<Record<SkipReason, true>> = {
    untrusted: true,
    undecided: true,
    stale: true,
    "no-bundle": true,
    "invalid-bundle": true,
    "fetch-failed": true,
    "too-many-devices": true,
    "legacy-needs-body": true,
  };

  it.each(Object.keys(all) as SkipReason[])(
    "%s comes with a remedy: a code, and one sentence (invariant 12)",
    (reason) => {
      const { remedy } = skippedDevice({ jid: ROMEO, deviceId: deviceId(1) }, reason);
      expect(remedy.code).toMatch(/^[a-z-]+$/);
      expect(remedy.text).toMatch(/^[A-Z][^.]*\.$/);
    },
  );
});
