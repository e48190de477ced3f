import { namespaces, transportNamespaces } from "@omemo/core/wire";
import { ADDRESS, NUMBER, type Shape, type Shapes } from "./shape.js";

/** RFC 6120 §8.3.3. */
const CONDITIONS: readonly string[] = [
  "bad-request",
  "conflict",
  "feature-not-implemented",
  "forbidden",
  "gone",
  "internal-server-error",
  "item-not-found",
  "jid-malformed",
  "not-acceptable",
  "not-allowed",
  "not-authorized",
  "policy-violation",
  "recipient-unavailable",
  "redirect",
  "registration-required",
  "remote-server-not-found",
  "remote-server-timeout",
  "resource-constraint",
  "service-unavailable",
  "subscription-required",
  "undefined-condition",
  "unexpected-request",
];

/** A condition, without words and without what it answers. */
export const STANZA_ERROR: Shape = {
  attributes: { type: /^[a-z]{1,20}$/, by: ADDRESS, code: NUMBER },
  children: Object.fromEntries(
    CONDITIONS.map((condition) => [`{${transportNamespaces.stanzas}}${condition}`, {}]),
  ),
};

/** What may stand in a stanza of type `error`. */
export const IN_ERRORS: Shapes = { [`{${namespaces.client}}error`]: STANZA_ERROR };
