import { OmemoError } from "../../domain/error.js";
import { childOf, elementsOf, type QualifiedElement } from "../xml/qualify.js";
import { transportNamespaces } from "./namespaces.js";

/** What an error stanza says, in the two vocabularies that rules are written in [PEP-08]. */
export interface StanzaError {
  /** RFC 6120 §8.3.3, e.g. `item-not-found`; `undefined-condition` when there is none. */
  readonly condition: string;
  /** XEP-0060, e.g. `precondition-not-met`; absent when there is none. */
  readonly pubsub: string | undefined;
}

/** All conditions of RFC 6120 §8.3.3. */
export const STANZA_CONDITIONS: readonly string[] = [
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

/** Longest name that is passed on; what a server invents stays out of messages. */
const MAX_NAME_LENGTH = 64;

/** Reads `<error/>` of a stanza of type `error`, whatever else it carries. */
export function readStanzaError(stanza: QualifiedElement): StanzaError {
  const error = childOf(stanza, "error");
  const named = error === undefined ? [] : elementsOf(error);
  const nameIn = (namespace: string) =>
    named.find(
      (child) =>
        child.namespace === namespace &&
        child.name !== "text" &&
        child.name.length <= MAX_NAME_LENGTH,
    )?.name;
  // Servers from before RFC 3920 say it with a number [L-11].
  const unnamed = error?.attrs.code === "404" ? "item-not-found" : "undefined-condition";
  return {
    condition: nameIn(transportNamespaces.stanzas) ?? unnamed,
    pubsub: nameIn(transportNamespaces.pubsubErrors),
  };
}

/** The error that a refused request becomes; `action` completes "cannot …". */
export function refusal(action: string, error: StanzaError): OmemoError {
  const detail = error.pubsub === undefined ? "" : ` (${error.pubsub})`;
  return new OmemoError("transport-failure", `cannot ${action}: ${error.condition}${detail}`, {
    condition: error.condition,
  });
}

/** An answer that has not the form of one: not an absence, or a faulty server could fake it. */
export function unreadable(action: string): OmemoError {
  return new OmemoError("transport-failure", `cannot ${action}: the answer is malformed`);
}
