import { LEGACY, OMEMO_2 } from "../../domain/version.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import { checkInput } from "../checkInput.js";
import { namespaces } from "../namespaces.js";
import { type QualifiedElement, qualify } from "../xml/qualify.js";

/**
 * What servers must see, or what only servers may say: inside an envelope it would be hidden from
 * them, or forged in their name. A bare `<forwarded/>` is neither: it wraps no carbon and no archived
 * message, but what a user forwards. [O2-99, O2-100, SCE-07, SCE-08]
 */
const FORBIDDEN_NAMESPACES: readonly string[] = [
  namespaces.hints,
  namespaces.eme,
  namespaces.addresses,
  namespaces.delay,
  "jabber:x:delay",
  namespaces.carbons,
  namespaces.archive,
  namespaces.roomUser,
  namespaces.occupantId,
  namespaces.pubsubEvent,
  // A nested envelope, and whatever forgot to name a namespace of its own [O2-98].
  namespaces.sce,
];
const FORBIDDEN_ELEMENTS: readonly string[] = [
  `{${namespaces.stanzaIds}}stanza-id`,
  `{${namespaces.client}}error`,
  `{${OMEMO_2}}encrypted`,
  `{${LEGACY}}encrypted`,
];

/** Whether an element must not be taken from inside an envelope. [O2-99, O2-100] */
export function isForbidden(element: QualifiedElement): boolean {
  return (
    FORBIDDEN_NAMESPACES.includes(element.namespace) ||
    FORBIDDEN_ELEMENTS.includes(expandedName(element))
  );
}

/**
 * Refuses content that receivers would have to drop.
 * @throws OmemoError `invalid-input` naming the first such element. [O2-99, O2-100]
 */
export function forbiddenOnSend(content: readonly XmlElement[]): void {
  const forbidden = content.map((element) => qualify(element)).find(isForbidden);
  const name = forbidden && expandedName(forbidden);
  checkInput(name === undefined, `must not be inside an encrypted message: ${name}`);
}

/** `{namespace}name`. */
export function expandedName(element: QualifiedElement): string {
  return `{${element.namespace}}${element.name}`;
}
