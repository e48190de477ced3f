import { describe, expect, it } from "vitest";
import { bareJid } from "../../../src/index.js";
import { sentCarbon } from "../../../src/wire/transport/sentCarbon.js";
import { xml } from "../../../src/wire/xml/element.js";

const ACCOUNT = bareJid("juliet@example.org");
const TO = "romeo@example.net";
const body = xml("body", {}, "hello");

describe("what a connection's other devices hear of a message", () => {
  it.each([{ type: "chat" }, { type: "normal" }, {}])(
    "is a sent carbon in the account's name [CARB-03]: %o",
    (type) => {
      const copy = sentCarbon(xml("message", { to: TO, ...type }, body), ACCOUNT);
      expect(copy).toMatchObject({
        origin: "carbon-sent",
        stanza: { attrs: { to: TO, from: ACCOUNT }, children: [body] },
      });
    },
  );

  it.each([
    xml("message", { to: TO, type: "groupchat" }, body),
    xml("message", { to: TO, type: "headline" }, body),
    xml("message", { to: TO, type: "error" }, body),
    xml("message", { to: TO, type: "chat" }, xml("private", { xmlns: "urn:xmpp:carbons:2" })),
    xml("message", { to: TO, type: "chat" }, xml("no-copy", { xmlns: "urn:xmpp:hints" })),
    xml("presence", { to: TO }),
  ])("is nothing where no server would copy it [CARB-06]: %o", (stanza) => {
    expect(sentCarbon(stanza, ACCOUNT)).toBeUndefined();
  });
});
