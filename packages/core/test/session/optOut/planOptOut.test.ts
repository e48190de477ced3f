import { describe, expect, it } from "vitest";
import { bareJid, LEGACY, OMEMO_2 } from "../../../src/index.js";
import {
  type OptOutRecord,
  optOutBatch,
  optOutCodec,
} from "../../../src/session/optOut/optOutRecord.js";
import { planOptOut } from "../../../src/session/optOut/planOptOut.js";
import type { InboxRecord } from "../../../src/session/records/inboxRecord.js";
import { writeOptOut } from "../../../src/wire/optOut/optOut.js";
import { xml } from "../../../src/wire/xml/element.js";
import { identity, stored } from "../fixtures.js";

const OWN = bareJid("alice@example.org");
const bob = identity("bob@example.org", 5);
const TEXT = [xml("body", { xmlns: "jabber:client" }, "hello")];
const NOW = 1000;

function message(over: Partial<InboxRecord> = {}): InboxRecord {
  return {
    id: "1",
    from: bob.jid,
    conversation: bob.jid,
    direction: "received",
    origin: "live",
    stanzaId: undefined,
    originId: undefined,
    archiveId: undefined,
    sentAt: undefined,
    version: OMEMO_2,
    device: { jid: bob.jid, deviceId: bob.deviceId },
    fingerprint: bob.fingerprint,
    trust: "trusted",
    content: TEXT,
    warnings: [],
    ...over,
  };
}

const plan = (over: Partial<InboxRecord>, record?: OptOutRecord) =>
  planOptOut(message(over), record, OWN, NOW);
const optOut = { content: [writeOptOut("compliance")] };
const blocked: OptOutRecord = { state: "blocked", by: bob.jid, since: 500 };
const agreed: OptOutRecord = { ...blocked, state: "plain" };
const ours: OptOutRecord = { state: "plain", by: OWN, since: 500 };
const fromUs = { from: OWN, direction: "sent" } as const;

describe("a received opt-out", () => {
  it("blocks the conversation, and tells who wants it and why [O2-165, O2-166]", () => {
    expect(plan(optOut)).toMatchObject({
      change: { kind: "opted-out", by: bob.jid, reason: "compliance", isEffective: true },
      record: { state: "blocked", by: bob.jid, reason: "compliance", since: NOW },
    });
    expect(plan({ ...optOut, sentAt: 7 })?.record?.since).toBe(7);
  });

  it("is told of and does nothing when its device is not trusted [O2-169]", () => {
    for (const trust of ["undecided", "untrusted"] as const) {
      const result = plan({ ...optOut, trust });
      expect(result).toMatchObject({ change: { isEffective: false, trust } });
      expect(result?.record).toBeUndefined();
      expect(plan({ ...optOut, trust }, agreed)?.record).toBe(agreed);
    }
  });

  it("blocks on our other devices, too, when one of them sent it [O2-164, O2-166]", () => {
    expect(plan({ ...optOut, ...fromUs })).toMatchObject({
      change: { by: OWN, conversation: bob.jid },
      record: { state: "blocked", by: OWN },
    });
  });

  it("takes no decision back", () => {
    expect(plan(optOut, agreed)?.record).toBe(agreed);
    expect(plan(optOut, ours)?.record).toBe(ours);
  });

  it("means nothing in a room, nor in the legacy version [A-21, O2-169]", () => {
    const room = {
      jid: bareJid("room@muc.example.org"),
      nick: "b",
      established: "presence",
    } as const;
    expect(plan({ ...optOut, room, conversation: room.jid })).toBeUndefined();
    expect(plan({ ...optOut, version: LEGACY })).toBeUndefined();
  });
});

describe("a text that is encrypted after an opt-out", () => {
  it("takes it back when whoever asked for plaintext wrote it [O2-168]", () => {
    for (const record of [blocked, agreed]) {
      const result = plan({}, record);
      expect(result).toMatchObject({ change: { kind: "resumed", isEffective: true } });
      expect(result?.record).toBeUndefined();
    }
  });

  it("does not when the contact does not do what we asked for", () => {
    expect(plan({}, ours)).toBeUndefined();
  });

  it("from another device of ours takes back what we asked for, and what we agreed to [O2-168]", () => {
    expect(plan(fromUs, ours)?.change.kind).toBe("resumed");
    expect(plan(fromUs, agreed)?.change.kind).toBe("resumed");
    expect(plan(fromUs, blocked)).toBeUndefined();
  });

  it("does not when it was written before, is no text, or not to be trusted [O2-169]", () => {
    expect(plan({ sentAt: 499 }, blocked)).toBeUndefined();
    expect(plan({ sentAt: 500 }, blocked)).toBeUndefined();
    const marker = [xml("displayed", { xmlns: "urn:xmpp:chat-markers:0" })];
    expect(plan({ content: marker }, blocked)).toBeUndefined();
    expect(plan({ trust: "undecided" }, blocked)).toBeUndefined();
    expect(plan({ version: LEGACY }, blocked)).toBeUndefined();
  });

  it("changes nothing where nobody asked", () => {
    expect(plan({})).toBeUndefined();
  });
});

describe("the record of an opt-out", () => {
  it("is written only if nobody decided meanwhile (invariant 9)", () => {
    const key = ["opt-out", bob.jid];
    expect(optOutBatch(bob.jid, undefined, { record: undefined })).toEqual({
      check: [{ key, version: undefined }],
      put: [],
      delete: [],
    });
    const before = stored(["opt-out", bob.jid], optOutCodec.encode(blocked));
    const { check, put } = optOutBatch(bob.jid, before, { record: agreed });
    expect(check).toEqual([{ key, version: "1" }]);
    expect(optOutCodec.decode(stored(["opt-out"], put[0]?.value))).toEqual(agreed);
    expect(optOutBatch(bob.jid, before, { record: undefined }).delete).toEqual([key]);
  });
});
