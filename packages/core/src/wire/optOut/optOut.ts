import { OMEMO_2 } from "../../domain/version.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import { xml } from "../xml/element.js";
import { childOf, qualify, textOf } from "../xml/qualify.js";

/** That an account wants to go on in plaintext. */
export interface OptOutElement {
  /** For people to read, at most 500 characters of it. */
  readonly reason?: string;
}

const MAX_REASON = 500;

/** The element that asks for plaintext; it is only ever sent encrypted [O2-164]. */
export function writeOptOut(reason?: string): XmlElement {
  const children = reason === undefined ? [] : [xml("reason", {}, reason)];
  return xml("opt-out", { xmlns: OMEMO_2 }, ...children);
}

/** Finds it in the content of an envelope; `undefined` when nobody asks [O2-164]. */
export function readOptOut(content: readonly XmlElement[]): OptOutElement | undefined {
  const found = content
    .map((element) => qualify(element))
    .find(({ name, namespace }) => name === "opt-out" && namespace === OMEMO_2);
  if (found === undefined) return undefined;
  const reason = childOf(found, "reason");
  const text = reason && [...textOf(reason).trim()].slice(0, MAX_REASON).join("");
  return text ? { reason: text } : {};
}
