import { DEFAULT_FALLBACK_BODY } from "@omemo/core";

/** Ciphertext as it is written. */
export const OMEMO_2_CIPHERTEXT: string = `
  <encrypted xmlns='urn:xmpp:omemo:2'>
    <header sid='27183'>
      <keys jid='alice@example.org'>
        <key rid='31415'>b/64+Q==</key>
        <key rid='31416' kex='true'>b64=</key>
      </keys>
    </header>
    <payload>Y2lwaGVy</payload>
  </encrypted>`;
export const LEGACY_CIPHERTEXT: string = `
  <encrypted xmlns='eu.siacs.conversations.axolotl'>
    <header sid='27183'><key rid='31415' prekey='true'>b64=</key><iv>aXY=</iv></header>
    <payload>Y2lwaGVy</payload>
  </encrypted>`;
export const HINTS: string = `
  <store xmlns='urn:xmpp:hints'/>
  <encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:omemo:2'/>
  <origin-id xmlns='urn:xmpp:sid:0' id='m1'/>`;
export const FALLBACK: string = `<body>${DEFAULT_FALLBACK_BODY}</body>`;

/** What one says to another, in all the forms that are known to have leaked somewhere. */
export const CONTENT: readonly string[] = [
  "<body>secret words</body>",
  "<body xml:lang='de'>geheime secret words</body>",
  "<subject>secret words</subject>",
  "<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'>secret words</body></html>",
  "<x xmlns='jabber:x:oob'><url>https://example.org/secret words</url></x>",
  "<replace xmlns='urn:xmpp:message-correct:0' id='1'>secret words</replace>",
  "<reactions xmlns='urn:xmpp:reactions:0' id='1'><reaction>secret words</reaction></reactions>",
  "<reference xmlns='urn:xmpp:reference:0' type='data' uri='secret words'/>",
  "<reply xmlns='urn:xmpp:reply:0' to='a@b' id='1'>secret words</reply>",
  "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body>secret words</body></fallback>",
  "<file-sharing xmlns='urn:xmpp:sfs:0'><file xmlns='urn:xmpp:file:metadata:0'><name>secret words</name></file></file-sharing>",
  "<media-sharing xmlns='urn:xmpp:sims:1'><file xmlns='urn:xmpp:jingle:apps:file-transfer:5'><name>secret words</name></file></media-sharing>",
  "<displayed xmlns='urn:xmpp:chat-markers:0' id='1'>secret words</displayed>",
  "<received xmlns='urn:xmpp:receipts' id='1' note='secret words'/>",
  "<composing xmlns='http://jabber.org/protocol/chatstates'>secret words</composing>",
  "<retract xmlns='urn:xmpp:message-retract:1' id='1'><reason>secret words</reason></retract>",
  "<apply-to xmlns='urn:xmpp:fasten:0' id='1'><moderate xmlns='urn:xmpp:message-moderate:0'>secret words</moderate></apply-to>",
  "<unstyled xmlns='urn:xmpp:styling:0'>secret words</unstyled>",
  "<attention xmlns='urn:xmpp:attention:0'/>",
  "<x xmlns='jabber:x:conference' jid='room@example.org' reason='secret words'/>",
  "<x xmlns='http://jabber.org/protocol/muc#user'><invite to='a@b'><reason>secret words</reason></invite></x>",
  "<propose xmlns='urn:xmpp:jingle-message:0' id='1'><description xmlns='x'>secret words</description></propose>",
  "<content xmlns='urn:xmpp:sce:1'><body xmlns='jabber:client'>secret words</body></content>",
  "<store xmlns='urn:xmpp:hints'>secret words</store>",
  "<store xmlns='urn:xmpp:hints'><body>secret words</body></store>",
  "<delay xmlns='urn:xmpp:delay' stamp='2026-01-01T00:00:00Z'>secret words</delay>",
  "<encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:omemo:2' name='secret words'/>",
  "<thread>secret words</thread>",
  "<sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message><body>secret words</body></message></forwarded></sent>",
  "<error type='cancel'><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>secret words</text></error>",
  "<a:body xmlns:a='jabber:client'>secret words</a:body>",
  "<body xmlns=''>secret words</body>",
  "<unheard-of xmlns='urn:example'/>",
  "secret words",
];
