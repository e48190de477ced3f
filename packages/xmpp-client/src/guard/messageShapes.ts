import { LEGACY, OMEMO_2, type OmemoVersion } from "@omemo/core";
import { namespaces, type QualifiedElement } from "@omemo/core/wire";
import { STANZA_ERROR } from "./errorShapes.js";
import {
  ADDRESS,
  BASE64,
  IDENTIFIER,
  LANGUAGE,
  NUMBER,
  type Shape,
  type Shapes,
  TIME,
} from "./shape.js";

const FLAG = /^(true|false|1|0)$/;
const EMPTY: Shape = {};
const BY_ID: Shape = { attributes: { id: IDENTIFIER } };
const client = (name: string) => `{${namespaces.client}}${name}`;
const hint = (name: string) => `{${namespaces.hints}}${name}`;

/** Attributes of any stanza. */
export const STANZA_ATTRIBUTES: NonNullable<Shape["attributes"]> = {
  to: ADDRESS,
  from: ADDRESS,
  id: IDENTIFIER,
  type: /^[a-z]{0,20}$/,
  "xml:lang": LANGUAGE,
};

const key = (mark: string): Shape => ({
  attributes: { rid: NUMBER, [mark]: FLAG },
  text: BASE64,
});

/** What nobody on the way can read, by version. */
export const ENCRYPTED: Readonly<Record<OmemoVersion, Shape>> = {
  [OMEMO_2]: {
    children: {
      [`{${OMEMO_2}}header`]: {
        attributes: { sid: NUMBER },
        children: {
          [`{${OMEMO_2}}keys`]: {
            attributes: { jid: IDENTIFIER },
            children: { [`{${OMEMO_2}}key`]: key("kex") },
          },
        },
      },
      [`{${OMEMO_2}}payload`]: { text: BASE64 },
    },
  },
  [LEGACY]: {
    children: {
      [`{${LEGACY}}header`]: {
        attributes: { sid: NUMBER },
        children: {
          [`{${LEGACY}}key`]: key("prekey"),
          [`{${LEGACY}}iv`]: { text: BASE64 },
        },
      },
      [`{${LEGACY}}payload`]: { text: BASE64 },
    },
  },
};

/** Which version an element is the ciphertext of, if any. */
export function versionOf({ name, namespace }: QualifiedElement): OmemoVersion | undefined {
  if (name !== "encrypted") return undefined;
  return [OMEMO_2, LEGACY].find((version) => version === namespace);
}

/** For servers, or written by them [SCE-09]: what of it a client has reason to send. */
const FOR_SERVERS: Shapes = {
  [hint("store")]: EMPTY,
  [hint("no-store")]: EMPTY,
  [hint("no-permanent-store")]: EMPTY,
  [hint("no-copy")]: EMPTY,
  [`{${namespaces.stanzaIds}}origin-id`]: BY_ID,
  [`{${namespaces.stanzaIds}}stanza-id`]: { attributes: { id: IDENTIFIER, by: IDENTIFIER } },
  [`{${namespaces.occupantId}}occupant-id`]: BY_ID,
  [`{${namespaces.carbons}}private`]: EMPTY,
  [`{${namespaces.delay}}delay`]: { attributes: { from: ADDRESS, stamp: TIME } },
  [`{${namespaces.eme}}encryption`]: {
    attributes: {
      namespace: /^(urn:xmpp:omemo:2|eu\.siacs\.conversations\.axolotl)$/,
      name: /^OMEMO$/,
    },
  },
  [`{${namespaces.addresses}}addresses`]: {
    children: {
      [`{${namespaces.addresses}}address`]: {
        attributes: { type: /^[a-z]{1,20}$/, jid: ADDRESS, node: IDENTIFIER, delivered: FLAG },
      },
    },
  },
  [`{${namespaces.roomUser}}x`]: {
    children: {
      [`{${namespaces.roomUser}}invite`]: { attributes: { to: ADDRESS } },
      [`{${namespaces.roomUser}}decline`]: { attributes: { to: ADDRESS } },
    },
  },
  [client("error")]: STANZA_ERROR,
};

/** Tells that somebody types, received or read something, but nothing of what. */
const MARKERS: Shapes = {
  ...Object.fromEntries(
    ["active", "composing", "paused", "inactive", "gone"].map((state) => [
      `{http://jabber.org/protocol/chatstates}${state}`,
      EMPTY,
    ]),
  ),
  "{urn:xmpp:receipts}request": EMPTY,
  "{urn:xmpp:receipts}received": BY_ID,
  "{urn:xmpp:chat-markers:0}markable": EMPTY,
  ...Object.fromEntries(
    ["received", "displayed", "acknowledged"].map((marker) => [
      `{urn:xmpp:chat-markers:0}${marker}`,
      BY_ID,
    ]),
  ),
};

/** At most a few emoji: a word is no reaction. */
const REACTION =
  /^(?=.{0,32}$)(?:\p{Extended_Pictographic}|\p{Regional_Indicator}|\p{Emoji_Modifier}|\u200d|\ufe0f|[\u{e0020}-\u{e007f}]|[\d#*]\ufe0f?\u20e3)+$/u;
const RANGE: Shape = { attributes: { start: NUMBER, end: NUMBER } };

/** What clients of the legacy version leave beside the body that they encrypt [L-48]. */
const BESIDE_LEGACY: Shapes = {
  [client("thread")]: { attributes: { parent: IDENTIFIER }, text: IDENTIFIER },
  "{urn:xmpp:message-correct:0}replace": BY_ID,
  "{urn:xmpp:reply:0}reply": { attributes: { to: ADDRESS, id: IDENTIFIER } },
  "{urn:xmpp:fallback:0}fallback": {
    attributes: { for: IDENTIFIER },
    children: {
      "{urn:xmpp:fallback:0}body": RANGE,
      "{urn:xmpp:fallback:0}subject": RANGE,
    },
  },
  "{urn:xmpp:reactions:0}reactions": {
    ...BY_ID,
    children: { "{urn:xmpp:reactions:0}reaction": { text: REACTION } },
  },
};

/** On its own, in a conversation of these versions. In OMEMO 2 markers travel inside [O2-101]. */
export function shapesAlone(versions: readonly OmemoVersion[]): Shapes {
  return versions.includes(LEGACY) ? { ...FOR_SERVERS, ...MARKERS } : FOR_SERVERS;
}

/** Beside the ciphertext of these versions: as little as the stricter of them allows [SCE-13]. */
export function shapesBeside(versions: readonly OmemoVersion[]): Shapes {
  const isLegacy = versions.every((version) => version === LEGACY);
  return isLegacy ? { ...FOR_SERVERS, ...MARKERS, ...BESIDE_LEGACY } : FOR_SERVERS;
}
