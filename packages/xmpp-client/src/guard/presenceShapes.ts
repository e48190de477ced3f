import { transportNamespaces as names, namespaces } from "@omemo/core/wire";
import { IN_ERRORS } from "./errorShapes.js";
import { ADDRESS, IDENTIFIER, NUMBER, type Shapes, TIME } from "./shape.js";

const client = (name: string) => `{${namespaces.client}}${name}`;

/** What a presence to a conversation may hold: that somebody is there, not what he says about it. */
export const PRESENCES: Shapes = {
  ...IN_ERRORS,
  [client("show")]: { text: /^\s*(away|chat|dnd|xa)\s*$/ },
  [client("priority")]: { text: NUMBER },
  [`{${names.caps}}c`]: {
    attributes: { hash: IDENTIFIER, node: IDENTIFIER, ver: IDENTIFIER, ext: IDENTIFIER },
  },
  // Whoever enters a room has to tell it the password.
  [`{${names.room}}x`]: {
    children: {
      [`{${names.room}}password`]: { text: /^[\s\S]*$/u },
      [`{${names.room}}history`]: {
        attributes: { maxchars: NUMBER, maxstanzas: NUMBER, seconds: NUMBER, since: TIME },
      },
    },
  },
  [`{${namespaces.delay}}delay`]: { attributes: { from: ADDRESS, stamp: TIME } },
  "{urn:xmpp:idle:1}idle": { attributes: { since: TIME } },
  "{vcard-temp:x:update}x": {
    children: { "{vcard-temp:x:update}photo": { text: /^[0-9a-f]{0,128}$/i } },
  },
};
