import { bareJid, LEGACY, OMEMO_2, type OmemoVersion } from "@omemo/core";
import {
  configureRoom,
  enterRoom,
  grantAffiliation,
  leaveRoom,
  mayStandOutside,
  xml,
} from "@omemo/core/wire";
import { beforeAll, describe, expect, it } from "vitest";
import { shapesAlone, shapesBeside } from "../../src/guard/messageShapes.js";
import { xmppTransport } from "../../src/index.js";
import { StillClock, settle } from "../fakeClient.js";
import { type GuardedClient, guardedClient } from "./guardedClient.js";
import { CONTENT, HINTS, LEGACY_CIPHERTEXT, OMEMO_2_CIPHERTEXT } from "./samples.js";

const ALICE = "alice@example.org";

/** A client on which the conversation with alice is marked. */
async function marked(versions: readonly OmemoVersion[] = [OMEMO_2, LEGACY]) {
  const guarded = guardedClient();
  await guarded.guard.mark(ALICE, { versions });
  await guarded.guard.mark("room@rooms.example");
  return guarded;
}

const message = (content: string, to = `${ALICE}/phone`) =>
  `<message to='${to}' type='chat' id='m1'>${content}</message>`;

async function refusal(guarded: GuardedClient, text: string): Promise<unknown> {
  return guarded.send(text).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("in a marked conversation", () => {
  it.each(CONTENT)("nothing readable leaves: %s [SCE-13]", async (content) => {
    const guarded = await marked();
    const mixed = [
      content,
      ...[OMEMO_2_CIPHERTEXT, LEGACY_CIPHERTEXT].map((each) => each + content),
    ];
    for (const text of mixed) {
      const error = await refusal(guarded, message(text));
      expect(error).toMatchObject({ code: "plaintext-refused" });
      expect(String(error)).not.toContain("secret");
    }
    expect(guarded.bytes()).toBe("");
    expect(guarded.findings.map(({ reason }) => reason)).toEqual([
      "not-encrypted",
      "beside-encrypted",
      "beside-encrypted",
    ]);
    expect(JSON.stringify(guarded.findings)).not.toContain("secret");
  });

  it.each([
    OMEMO_2_CIPHERTEXT + HINTS,
    LEGACY_CIPHERTEXT + HINTS,
    OMEMO_2_CIPHERTEXT + LEGACY_CIPHERTEXT,
    `${LEGACY_CIPHERTEXT}<thread parent='t0'>t1</thread>`,
    `${LEGACY_CIPHERTEXT}<replace xmlns='urn:xmpp:message-correct:0' id='1'/>`,
    `${LEGACY_CIPHERTEXT}<reactions xmlns='urn:xmpp:reactions:0' id='1'><reaction>👍🏽</reaction><reaction>❤️</reaction></reactions>`,
    `${LEGACY_CIPHERTEXT}<reply xmlns='urn:xmpp:reply:0' to='a@b/c' id='1'/><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='7'/></fallback>`,
    "<composing xmlns='http://jabber.org/protocol/chatstates'/>",
    "<received xmlns='urn:xmpp:receipts' id='1'/><store xmlns='urn:xmpp:hints'/>",
    "<displayed xmlns='urn:xmpp:chat-markers:0' id='1'/>",
    "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
    "",
  ])("what has to stand outside passes: %s [L-48, SCE-09]", async (content) => {
    const guarded = await marked();
    await guarded.send(message(content));
    expect(guarded.bytes()).toContain('id="m1"');
    expect(guarded.findings).toEqual([]);
  });

  it.each([
    "<composing xmlns='http://jabber.org/protocol/chatstates'/>",
    "<displayed xmlns='urn:xmpp:chat-markers:0' id='1'/>",
    `${OMEMO_2_CIPHERTEXT}<received xmlns='urn:xmpp:receipts' id='1'/>`,
    `${OMEMO_2_CIPHERTEXT}<replace xmlns='urn:xmpp:message-correct:0' id='1'/>`,
    `${OMEMO_2_CIPHERTEXT}${LEGACY_CIPHERTEXT}<thread>t1</thread>`,
  ])("of OMEMO 2 alone, markers belong inside as well: %s [O2-101, SCE-13]", async (content) => {
    const guarded = await marked([OMEMO_2]);
    expect(await refusal(guarded, message(content))).toMatchObject({ code: "plaintext-refused" });
    expect(guarded.bytes()).toBe("");
  });

  it.each([
    "<encrypted xmlns='urn:xmpp:omemo:2'><body>secret words</body></encrypted>",
    "<encrypted xmlns='urn:xmpp:omemo:2'><payload>secret words</payload></encrypted>",
    "<encrypted xmlns='urn:xmpp:omemo:2' note='secret words'/>",
    "<encrypted xmlns='urn:example'>c2VjcmV0</encrypted>",
    "<openpgp xmlns='urn:xmpp:openpgp:0'>c2VjcmV0</openpgp>",
  ])("what only looks like ciphertext does not leave: %s [O2-80, L-39]", async (content) => {
    const guarded = await marked();
    expect(await refusal(guarded, message(content))).toMatchObject({ code: "plaintext-refused" });
    expect(guarded.bytes()).toBe("");
  });

  it("no more is allowed to stand outside than core lets stand there [SCE-09, L-48]", () => {
    const stray = (version: OmemoVersion, names: readonly string[]) =>
      names.filter((each) => {
        const [namespace = "", name = ""] = each.slice(1).split("}");
        const isOutside = mayStandOutside(version, { name, namespace } as never);
        return !isOutside && each !== "{jabber:client}error";
      });
    expect(stray(OMEMO_2, Object.keys(shapesBeside([OMEMO_2])))).toEqual([]);
    expect(stray(LEGACY, Object.keys(shapesBeside([LEGACY])))).toEqual([]);
    expect(stray(OMEMO_2, Object.keys(shapesAlone([OMEMO_2])))).toEqual([]);
    expect(stray(LEGACY, Object.keys(shapesAlone([LEGACY])))).toEqual([]);
  });

  it("the application may let more elements pass whole", async () => {
    const guarded = guardedClient({ allow: ["{jabber:client}subject"] });
    await guarded.guard.mark("room@rooms.example");
    await guarded.send(message("<subject>Tuesday</subject>", "room@rooms.example"));
    expect(guarded.bytes()).toContain("Tuesday");
    const error = await refusal(guarded, message("<body>x</body>", "room@rooms.example"));
    expect(error).toMatchObject({ code: "plaintext-refused" });
  });
});

describe("whatever is not a message", () => {
  const iq = (content: string, type = "set", to = `${ALICE}/phone`) =>
    `<iq to='${to}' type='${type}' id='q1'>${content}</iq>`;

  it.each([
    `<presence to='${ALICE}/x' id='q1'><status>secret words</status></presence>`,
    `<presence to='${ALICE}' id='q1'><x xmlns='urn:example'>secret words</x></presence>`,
    `<presence to='${ALICE}' type='subscribe' id='q1'><nick xmlns='http://jabber.org/protocol/nick'>secret words</nick></presence>`,
    iq(
      "<jingle xmlns='urn:xmpp:jingle:1' action='session-initiate'><content><description><name>secret words</name></description></content></jingle>",
    ),
    iq("<data xmlns='http://jabber.org/protocol/ibb' sid='1' seq='0'>c2VjcmV0</data>"),
    iq(
      "<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='n'><item><body>secret words</body></item></publish></pubsub>",
    ),
    iq("<command xmlns='http://jabber.org/protocol/commands' node='n'>secret words</command>"),
    iq(
      "<query xmlns='http://jabber.org/protocol/muc#admin'><item nick='n' role='none'><reason>secret words</reason></item></query>",
      "set",
      "room@rooms.example",
    ),
    iq(
      "<query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'><field var='withtext'><value>secret</value></field></x></query>",
      "set",
      "room@rooms.example",
    ),
    iq("<query xmlns='urn:example'>secret words</query>", "result"),
    iq(
      "<a/><error type='cancel'><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>secret words</text></error>",
      "error",
    ),
    iq(
      "<request xmlns='urn:xmpp:http:upload:0' filename='photo-for-Alice@example.org.png' size='1'/>",
      "get",
      "upload.example.org",
    ),
    iq(
      "<request xmlns='urn:xmpp:http:upload'><filename>alice@example.org.png</filename></request>",
      "get",
      "upload.example.org",
    ),
  ])("is held to the same: %s [SCE-13]", async (text) => {
    const guarded = await marked();
    expect(await refusal(guarded, text)).toMatchObject({ code: "plaintext-refused" });
    expect(guarded.bytes()).toBe("");
  });

  it.each([
    `<presence to='room@rooms.example/bob' id='q1'><show>away</show><priority>5</priority><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/><password>open sesame</password></x></presence>`,
    `<presence id='q1'><status>for everybody</status></presence>`,
    `<presence to='${ALICE}' type='unavailable' id='q1'/>`,
    iq("<query xmlns='http://jabber.org/protocol/disco#info' node='n'/>", "get"),
    iq(
      "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='client' type='pc' name='Some Client'/><feature var='urn:xmpp:eme:0'/></query>",
      "result",
    ),
    iq(
      "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:omemo:2:bundles'><item id='1'/></items></pubsub>",
      "get",
      ALICE,
    ),
    iq(
      "<query xmlns='http://jabber.org/protocol/muc#admin'><item affiliation='member'/></query>",
      "get",
      "room@rooms.example",
    ),
    iq(
      "<query xmlns='urn:xmpp:mam:2' queryid='1'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field><field var='start'><value>2026-01-01T00:00:00Z</value></field></x><set xmlns='http://jabber.org/protocol/rsm'><max>50</max></set></query>",
      "set",
      "room@rooms.example",
    ),
    iq(OMEMO_2_CIPHERTEXT),
    iq("<ping xmlns='urn:xmpp:ping'/>", "get"),
    iq("", "result"),
    iq(
      "<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='mine'><item><x>anything</x></item></publish></pubsub>",
      "set",
      "bob@example.org",
    ),
    iq(
      "<request xmlns='urn:xmpp:http:upload:0' filename='q8fj2.png' size='1'/>",
      "get",
      "upload.example.org",
    ),
  ])("passes where it says nothing: %s [PEP-01, MUC-03, MAM-04]", async (text) => {
    const guarded = await marked();
    await guarded.guard.mark("bob@example.org");
    await guarded.send(text);
    expect(guarded.bytes()).toContain('id="q1"');
    expect(guarded.findings).toEqual([]);
  });
});

describe("what this library asks of others", () => {
  it("passes where everything has to be encrypted [MUC-03, MUC-09, MAM-04, O2-34]", async () => {
    const guarded = guardedClient({ mustEncrypt: () => true });
    const [room, alice] = [bareJid("room@rooms.example"), bareJid(ALICE)];
    const transport = xmppTransport(guarded.client, {
      software: false,
      carbons: false,
      clock: new StillClock(),
    });
    const refused: unknown[] = [];
    const asked = [
      transport.fetchItem(alice, "urn:xmpp:omemo:2:bundles", "27183"),
      transport.fetchItem(alice, "eu.siacs.conversations.axolotl.devicelist"),
      transport.fetchMembers(room),
      transport.fetchFeatures(room),
      transport.fetchArchive({ archive: room, pageSize: 50, after: "page-1" }),
      transport.publishItem("urn:x", "current", xml("x", {}, "of everybody"), {
        access: "open",
        maxItems: 1,
      }),
      ...[
        enterRoom(room, "Bob the Builder"),
        leaveRoom(room, "Bob the Builder"),
        configureRoom(room, { "muc#roomconfig_roomname": ["The Montagues"] }),
        grantAffiliation(room, alice, "member"),
      ].map((stanza) => transport.send(stanza)),
    ];
    // Nobody answers; what matters is that all of it is asked.
    for (const each of asked) each.catch((error: unknown) => refused.push(error));
    await settle();
    expect(refused).toEqual([]);
    const written = guarded.bytes().match(/<(iq|presence) /g) ?? [];
    expect(written.length).toBeGreaterThanOrEqual(asked.length);
  });
});

describe("the conversation", () => {
  let guarded: GuardedClient;
  beforeAll(async () => {
    guarded = await marked();
    await guarded.guard.mark("bob@example.org");
    await guarded.guard.mark("strasse@example.org");
  });

  it.each([
    "ALICE@Example.ORG",
    "alice@example.org./res",
    "al\u00adice@example.org",
    "alice\u200d@example.org/x",
    "\uff41lice@example\u3002org",
    "STRAßE@example.org",
    "room@rooms.example/nick",
    "bob@example.org/other",
    "alice＠example.org",
    " alice@example.org",
    "@",
    "",
  ])("is known however its address is written: “%s” [O2-84]", async (to) => {
    const text = message("<body>secret words</body>", to);
    expect(await refusal(guarded, text)).toMatchObject({ code: "plaintext-refused" });
    expect(guarded.bytes()).toBe("");
  });

  it.each([
    "<message><body>secret words</body></message>",
    `<c:message xmlns:c='jabber:client' to='${ALICE}'><c:body>secret words</c:body></c:message>`,
    `<message xmlns='urn:example' to='${ALICE}'><body>secret words</body></message>`,
    `<message to='${ALICE}' note='secret words'/>`,
    `<message to='${ALICE}' id='secret words'/>`,
    `<message to='multicast.example.org'><addresses xmlns='http://jabber.org/protocol/address'><address type='cc' jid='${ALICE}'/></addresses><body>secret words</body></message>`,
    `<message to='carol@example.org'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='${ALICE}/x' to='bob@example.org'><body>secret words</body></message></forwarded></message>`,
    `<message to='carol@example.org'><forwarded xmlns='urn:xmpp:forward:0'><message from='bob@example.org/b' to='${ALICE}'><body>secret words</body></message></forwarded></message>`,
    `<iq type='set' to='carol@example.org/c'><x xmlns='urn:example'><message xmlns='jabber:client' from='room@rooms.example/n'><body>secret words</body></message></x></iq>`,
  ])("is known however it is reached: %s [CARB-03]", async (text) => {
    expect(await refusal(guarded, text)).toMatchObject({ code: "plaintext-refused" });
    expect(guarded.bytes()).toBe("");
  });

  it("is none of others: what is said to them passes, forwarded or not", async () => {
    const other = await marked();
    await other.send(message("<body>hello</body>", "carol@example.org"));
    await other.send(
      message(
        `<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='dave@example.org' to='bob@example.org'><body>dave's words</body></message></forwarded>`,
        "carol@example.org",
      ),
    );
    await other.send(
      message(
        `<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='${ALICE}' to='bob@example.org'>${OMEMO_2_CIPHERTEXT}</message></forwarded>`,
        "carol@example.org",
      ),
    );
    expect(other.bytes()).toContain("hello");
    expect(other.bytes()).toContain("dave's words");
    expect(other.bytes()).toContain("Y2lwaGVy");
  });
});
