import { describe, expect, it } from "vitest";
import {
  bareJid,
  LEGACY,
  OMEMO_2,
  type OmemoVersion,
  type TransportMessage,
} from "../../src/index.js";
import { readStanza } from "../../src/session/readStanza.js";
import { writeEncrypted } from "../../src/wire/index.js";
import { xml } from "../../src/wire/xml/element.js";
import { device } from "./fixtures.js";

const own = device("alice@example.org", 7);
const BOTH: readonly OmemoVersion[] = [OMEMO_2, LEGACY];

function encrypted(version: OmemoVersion, rid: number, sid = 9, hasPayload = true) {
  const recipient = { ...device("alice@example.org", rid), bytes: new Uint8Array([1, 2, 3]) };
  return writeEncrypted({
    version,
    senderDeviceId: device("bob@example.org", sid).deviceId,
    recipients: [{ jid: recipient.jid, keys: [{ ...recipient, isKeyExchange: false }] }],
    ...(hasPayload && { payload: new Uint8Array(16) }),
    ...(version === LEGACY && { iv: new Uint8Array(12) }),
  });
}

function message(
  attrs: Readonly<Record<string, string>>,
  ...children: TransportMessage["stanza"]["children"]
): TransportMessage {
  const from = "bob@example.org/phone";
  const stanza = xml(
    "message",
    { from, to: "alice@example.org", type: "chat", ...attrs },
    ...children,
  );
  return { kind: "message", origin: "live", stanza, sentAt: undefined, archiveId: undefined };
}

describe("readStanza", () => {
  it("takes the element with a key for us, and prefers OMEMO 2 [O2-178]", () => {
    const both = message({}, encrypted(LEGACY, 7), encrypted(OMEMO_2, 7));
    expect(readStanza(both, own, BOTH)).toMatchObject({
      kind: "encrypted",
      element: { version: OMEMO_2, senderDeviceId: 9 },
      spare: { version: LEGACY },
      about: { from: "bob@example.org", conversation: "bob@example.org", direction: "received" },
    });
    const one = message({}, encrypted(OMEMO_2, 8), encrypted(LEGACY, 7));
    const alone = { element: { version: LEGACY }, spare: undefined };
    expect(readStanza(one, own, BOTH)).toMatchObject(alone);
  });

  it("says so when a message with content has no key for us [O2-119, L-53]", () => {
    const missed = message({}, encrypted(OMEMO_2, 8));
    expect(readStanza(missed, own, BOTH)).toMatchObject({
      kind: "failure",
      reason: "not-for-this-device",
      device: { jid: "bob@example.org", deviceId: 9 },
    });
  });

  it("says so too when only a version that we do not speak was used [EME-04]", () => {
    const missed = message({}, encrypted(LEGACY, 7));
    expect(readStanza(missed, own, [OMEMO_2])).toMatchObject({ reason: "not-for-this-device" });
  });

  it("is silent for messages without content and for our own echo [O2-120, CARB-05]", () => {
    const empty = message({}, encrypted(OMEMO_2, 8, 9, false));
    expect(readStanza(empty, own, BOTH).kind).toBe("ignore");
    const echo = message(
      { from: "alice@example.org/x", to: "bob@example.org" },
      encrypted(OMEMO_2, 8, 7),
    );
    expect(readStanza(echo, own, BOTH).kind).toBe("echo");
  });

  it("files a message that another device of ours sent under its recipient [CARB-03, CARB-04]", () => {
    const attrs = { from: "alice@example.org/laptop", to: "bob@example.org/x" };
    expect(readStanza(message(attrs, encrypted(OMEMO_2, 7)), own, BOTH)).toMatchObject({
      about: { direction: "sent", conversation: "bob@example.org", from: "alice@example.org" },
    });
  });

  it("ignores errors, other stanzas and what is not encrypted", () => {
    expect(readStanza(message({ type: "error" }, encrypted(OMEMO_2, 7)), own, BOTH).kind).toBe(
      "ignore",
    );
    expect(readStanza(message({}, xml("body", {}, "hi")), own, BOTH).kind).toBe("ignore");
    expect(readStanza(message({ from: "@" }, encrypted(OMEMO_2, 7)), own, BOTH).kind).toBe(
      "ignore",
    );
  });

  it("takes nothing from a room that we are not in, or that somebody whispers in one [MUC-10]", () => {
    const room = message({ type: "groupchat" }, encrypted(LEGACY, 7));
    expect(readStanza(room, own, BOTH)).toMatchObject({ kind: "failure", reason: "not-in-room" });
    const place = { room: bareJid("room@muc.example.org"), nick: "bob", sender: undefined };
    const whispered = {
      ...message({}, encrypted(OMEMO_2, 7)),
      place: { ...place, isPrivate: true },
    };
    const marked = message(
      {},
      encrypted(OMEMO_2, 7),
      xml("x", { xmlns: "http://jabber.org/protocol/muc#user" }),
    );
    for (const each of [whispered, marked]) {
      expect(readStanza(each, own, BOTH)).toMatchObject({ reason: "private-message" });
    }
  });

  it("names room and real sender of what is said in a room [MUC-06, O2-158]", () => {
    const room = bareJid("room@muc.example.org");
    const said = message({ from: `${room}/Bob`, type: "groupchat" }, encrypted(OMEMO_2, 7));
    const place = { room, nick: "Bob", sender: bareJid("bob@example.org"), isPrivate: false };
    expect(readStanza({ ...said, place }, own, BOTH)).toMatchObject({
      kind: "encrypted",
      about: {
        from: "bob@example.org",
        conversation: room,
        direction: "received",
        room: { jid: room, nick: "Bob", established: "presence" },
      },
    });
    const nameless = { ...said, place: { ...place, sender: undefined } };
    expect(readStanza(nameless, own, BOTH)).toMatchObject({
      about: { from: room, room: { established: "unknown" } },
    });
  });

  it("knows what this device said itself when the room repeats it [MUC-11, O2-116, L-87]", () => {
    const room = bareJid("room@muc.example.org");
    const echo = message({ from: `${room}/Ally`, type: "groupchat" }, encrypted(OMEMO_2, 8, 7));
    const place = { room, nick: "Ally", sender: own.jid, isPrivate: false };
    expect(readStanza({ ...echo, place }, own, BOTH)).toMatchObject({
      kind: "reflection",
      about: { from: own.jid, direction: "sent" },
    });
    const nameless = { ...echo, place: { ...place, sender: undefined } };
    expect(readStanza(nameless, own, BOTH).kind).toBe("ignore");
    const other = { ...echo, place: { ...place, sender: bareJid("bob@example.org") } };
    expect(readStanza(other, own, BOTH)).toMatchObject({ reason: "not-for-this-device" });
  });

  it("trusts an archive id from our own archive only [MAM-07]", () => {
    const id = (by: string) => xml("stanza-id", { xmlns: "urn:xmpp:sid:0", by, id: "a1" });
    const ours = message({}, encrypted(OMEMO_2, 7), id("alice@example.org"));
    expect(readStanza(ours, own, BOTH)).toMatchObject({ about: { archiveId: "a1" } });
    const forged = message({}, encrypted(OMEMO_2, 7), id("bob@example.org"));
    expect(readStanza(forged, own, BOTH)).toMatchObject({ about: { archiveId: undefined } });
  });
});

describe("a message that another method encrypted", () => {
  const hint = (namespace: string) => xml("encryption", { xmlns: "urn:xmpp:eme:0", namespace });

  it("is told of with the method it names, whatever its body says [EME-04, EME-05]", () => {
    const body = xml("body", {}, "This message is encrypted with OpenPGP.");
    for (const namespace of ["urn:xmpp:openpgp:0", "urn:xmpp:omemo:1", OMEMO_2]) {
      expect(readStanza(message({}, hint(namespace), body), own, BOTH)).toMatchObject({
        kind: "foreign",
        encryption: namespace,
        about: { from: "bob@example.org", direction: "received" },
      });
    }
  });

  it("is ours when our element is there, and nobody's when it names none", () => {
    const both = message({}, encrypted(OMEMO_2, 7), hint("urn:xmpp:openpgp:0"));
    expect(readStanza(both, own, BOTH).kind).toBe("encrypted");
    for (const namespace of ["", "x".repeat(201)]) {
      expect(readStanza(message({}, hint(namespace)), own, BOTH).kind).toBe("ignore");
    }
  });
});
