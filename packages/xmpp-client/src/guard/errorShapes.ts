import { namespaces, STANZA_CONDITIONS, transportNamespaces } from "@omemo/core/wire";
import { ADDRESS, NUMBER, type Shape, type Shapes } from "./shape.js";

/** A condition, without words and without what it answers. */
export const STANZA_ERROR: Shape = {
  attributes: { type: /^[a-z]{1,20}$/, by: ADDRESS, code: NUMBER },
  children: Object.fromEntries(
    STANZA_CONDITIONS.map((condition) => [`{${transportNamespaces.stanzas}}${condition}`, {}]),
  ),
};

/** What may stand in a stanza of type `error`. */
export const IN_ERRORS: Shapes = { [`{${namespaces.client}}error`]: STANZA_ERROR };
