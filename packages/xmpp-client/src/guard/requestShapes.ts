import { OMEMO_2 } from "@omemo/core";
import { transportNamespaces as names, namespaces } from "@omemo/core/wire";
import { IN_ERRORS } from "./errorShapes.js";
import { ENCRYPTED } from "./messageShapes.js";
import { ADDRESS, IDENTIFIER, LANGUAGE, NUMBER, type Shape, type Shapes, TIME } from "./shape.js";

const { pubsub, archive } = namespaces;
/** Names of rooms, of people in them and of programs: said to all who look, not in a conversation. */
const WORDS = /^[\s\S]{0,200}$/u;
const NODE: Shape = { attributes: { node: IDENTIFIER, jid: ADDRESS, subid: IDENTIFIER } };

const form = (fields: RegExp, values: RegExp): Shape => ({
  attributes: { type: /^[a-z]{1,20}$/ },
  children: {
    [`{${names.forms}}field`]: {
      attributes: { var: fields, type: IDENTIFIER },
      children: { [`{${names.forms}}value`]: { text: values } },
    },
  },
});

/** XEP-0059. */
const PAGE: Shape = {
  children: Object.fromEntries(
    ["max", "before", "after", "index"].map((name) => [
      `{${names.pages}}${name}`,
      { text: IDENTIFIER },
    ]),
  ),
};

/** What a client is and what it can do; names for people are of the software, not of a conversation. */
const DISCO: Shapes = {
  [`{${names.discoInfo}}query`]: {
    attributes: { node: IDENTIFIER },
    children: {
      [`{${names.discoInfo}}identity`]: {
        attributes: { category: IDENTIFIER, type: IDENTIFIER, name: WORDS, "xml:lang": LANGUAGE },
      },
      [`{${names.discoInfo}}feature`]: { attributes: { var: IDENTIFIER } },
    },
  },
  [`{${names.discoItems}}query`]: {
    attributes: { node: IDENTIFIER },
    children: {
      [`{${names.discoItems}}item`]: { attributes: { jid: ADDRESS, node: IDENTIFIER } },
    },
  },
};

/** Asking for items and subscribing to nodes; what is published is content. */
const PUBSUB: Shapes = {
  [`{${pubsub}}pubsub`]: {
    children: {
      [`{${pubsub}}items`]: {
        attributes: { node: IDENTIFIER, max_items: NUMBER },
        children: { [`{${pubsub}}item`]: { attributes: { id: IDENTIFIER } } },
      },
      [`{${pubsub}}subscribe`]: NODE,
      [`{${pubsub}}unsubscribe`]: NODE,
      [`{${names.pages}}set`]: PAGE,
    },
  },
};

/** Reading an archive by who, when and where; searching its text would say what was written. */
const ARCHIVE: Shapes = {
  [`{${archive}}query`]: {
    attributes: { queryid: IDENTIFIER, node: IDENTIFIER },
    children: {
      [`{${names.forms}}x`]: form(
        /^(FORM_TYPE|with|start|end|before-id|after-id|ids|include-groupchat)$/,
        IDENTIFIER,
      ),
      [`{${names.pages}}set`]: PAGE,
      [`{${archive}}flip-page`]: {},
    },
  },
  [`{${archive}}metadata`]: {},
};

/** What a room is, and who may be in it; reasons are words to people. */
const ROOM: Shapes = {
  [`{${names.roomAdmin}}query`]: {
    children: {
      [`{${names.roomAdmin}}item`]: {
        attributes: {
          affiliation: IDENTIFIER,
          role: IDENTIFIER,
          jid: ADDRESS,
          nick: WORDS,
        },
      },
    },
  },
  [`{${names.roomOwner}}query`]: {
    children: {
      [`{${names.forms}}x`]: form(IDENTIFIER, WORDS),
      [`{${names.roomOwner}}destroy`]: { attributes: { jid: ADDRESS } },
    },
  },
};

/** What clients tell each other about themselves. */
const SOFTWARE: Shapes = {
  "{urn:xmpp:ping}ping": {},
  "{vcard-temp}vCard": {},
  "{jabber:iq:version}query": {
    children: Object.fromEntries(
      ["name", "version", "os"].map((name) => [`{jabber:iq:version}${name}`, { text: WORDS }]),
    ),
  },
  "{jabber:iq:last}query": { attributes: { seconds: NUMBER } },
  "{urn:xmpp:time}time": {
    children: {
      "{urn:xmpp:time}utc": { text: TIME },
      "{urn:xmpp:time}tzo": { text: TIME },
    },
  },
};

/** What a request to a conversation, or an answer, may hold readable; anything else is content. */
export const REQUESTS: Shapes = {
  ...DISCO,
  ...PUBSUB,
  ...ARCHIVE,
  ...ROOM,
  ...SOFTWARE,
  ...IN_ERRORS,
  [`{${OMEMO_2}}encrypted`]: ENCRYPTED[OMEMO_2],
};
