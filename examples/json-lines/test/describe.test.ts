import type { OmemoFingerprint, ReceiveFailure } from "@omemo/core";
import {
  bareJid,
  deviceId,
  LEGACY,
  type ReceivedMessage,
  type TransportMessage,
} from "@omemo/core";
import { isMalformed, parseXml, unwrapMessage, xml } from "@omemo/core/wire";
import { describe, expect, it } from "vitest";
import { describeFailure, describeMessage, describePlain } from "../src/describe.js";

const OWN = bareJid("juliet@example.org");
const ROMEO = bareJid("romeo@example.net");
const STANZA = {
  from: ROMEO,
  conversation: ROMEO,
  direction: "received",
  origin: "live",
  stanzaId: "s1",
  originId: "o1",
  archiveId: undefined,
  sentAt: undefined,
} as const;
const MESSAGE: ReceivedMessage = {
  ...STANZA,
  id: "1",
  version: LEGACY,
  device: { jid: ROMEO, deviceId: deviceId(2) },
  fingerprint: "ab".repeat(32) as OmemoFingerprint,
  trust: "untrusted",
  body: "Wherefore?",
  content: [xml("body", { xmlns: "jabber:client" }, "Wherefore?")],
  warnings: [],
  unprotected: [],
  isRedelivery: false,
};

function received(text: string): TransportMessage {
  const stanza = parseXml(text);
  if (isMalformed(stanza)) throw new Error("the test is wrong");
  const message = unwrapMessage(stanza, OWN);
  if (message === undefined) throw new Error("the test is wrong");
  return message;
}

describe("the event of a decrypted message", () => {
  it("tells text, key, trust and addresses", () => {
    expect(describeMessage(MESSAGE, OWN)).toEqual({
      ev: "message",
      body: "Wherefore?",
      ns: LEGACY,
      device: 2,
      key: "ab".repeat(32),
      trust: "DISTRUSTED",
      from: ROMEO,
      to: OWN,
      type: "chat",
      id: "s1",
      carbon: null,
      content: ["<body xmlns='jabber:client'>Wherefore?</body>"],
      origin_id: "o1",
      warnings: [],
      redelivery: false,
    });
  });

  it("marks what is told again after a restart", () => {
    expect(describeMessage({ ...MESSAGE, isRedelivery: true }, OWN).redelivery).toBe(true);
  });

  it("tells what stood readable beside a legacy body [L-48]", () => {
    const unprotected = [{ name: "request", attrs: { xmlns: "urn:xmpp:receipts" }, children: [] }];
    expect(describeMessage({ ...MESSAGE, unprotected }, OWN).unprotected).toEqual([
      "<request xmlns='urn:xmpp:receipts'/>",
    ]);
  });

  it("names the recipient of what another own device sent", () => {
    const carbon = { from: OWN, direction: "sent", origin: "carbon-sent" } as const;
    expect(describeMessage({ ...MESSAGE, ...carbon }, OWN)).toMatchObject({
      from: OWN,
      to: ROMEO,
      carbon: "sent",
    });
  });
});

describe("the event of an unreadable message", () => {
  const failure: ReceiveFailure = {
    ...STANZA,
    reason: "no-session",
    version: LEGACY,
    device: MESSAGE.device,
  };

  it("gives the reason", () => {
    const event = describeFailure(failure, OWN);
    expect(event).toMatchObject({ ev: "undecryptable", error: "no-session", device: 2, id: "s1" });
  });

  it("is called invalid when the message breaks the rules of its format", () => {
    const event = describeFailure({ ...failure, reason: "malformed" }, OWN);
    expect(event).toMatchObject({ ev: "invalid", what: "message" });
  });
});

describe("the event of a message without encryption", () => {
  it("tells its text", () => {
    const message = received(
      "<message from='romeo@example.net/x' to='juliet@example.org' type='chat' id='1'>" +
        "<body>in the clear</body></message>",
    );
    expect(describePlain(message, OWN)).toEqual({
      ev: "plain",
      body: "in the clear",
      from: ROMEO,
      to: OWN,
      type: "chat",
      id: "1",
      carbon: null,
    });
  });

  it("is no event when the body is only the fallback of an encrypted one, or there is none", () => {
    const encrypted = `<encrypted xmlns='${LEGACY}'/><body>fallback</body>`;
    expect(
      describePlain(received(`<message from='a@b'>${encrypted}</message>`), OWN),
    ).toBeUndefined();
    expect(describePlain(received("<message from='a@b'/>"), OWN)).toBeUndefined();
  });

  it("says that a message of ours came back", () => {
    const bounce = received("<message from='a@b' type='error' id='7'><body>x</body></message>");
    expect(describePlain(bounce, OWN)).toEqual({
      ev: "failed",
      error: "message bounced",
      stanza_id: "7",
    });
  });
});
