import { LEGACY, OMEMO_2, type OmemoVersion } from "../domain/version.js";
import type { XmlElement } from "../domain/xmlElement.js";
import { checkInput } from "./checkInput.js";
import { namespaces } from "./namespaces.js";
import { detach } from "./xml/detach.js";
import { elementsOf, type QualifiedElement, qualified, qualify } from "./xml/qualify.js";

/** Of use to servers, or written by them; says nothing about the content. [SCE-09, O2-99] */
const SERVER_PROCESSED: readonly string[] = [
  namespaces.hints,
  namespaces.stanzaIds,
  namespaces.eme,
  namespaces.addresses,
  namespaces.delay,
  namespaces.occupantId,
  namespaces.roomUser,
  namespaces.carbons,
  namespaces.archive,
];

/** What clients of the legacy version leave beside the encrypted body. [L-48] */
const HARMLESS_BESIDE_BODY: readonly string[] = [
  "urn:xmpp:receipts",
  "http://jabber.org/protocol/chatstates",
  "urn:xmpp:chat-markers:0",
  "urn:xmpp:message-correct:0",
  "urn:xmpp:reply:0",
  "urn:xmpp:fallback:0",
  "urn:xmpp:reactions:0",
];

/** What an application may add outside: the rest of it servers or we write ourselves. */
const FOR_SERVERS: readonly string[] = [namespaces.hints, namespaces.addresses];

/**
 * Refuses what an application must not send unencrypted, and hints that keep a message from those
 * who shall read it.
 * @throws OmemoError `invalid-input` naming the first such element. [SCE-13, O2-186, HINT-03]
 */
export function checkOutside(elements: readonly XmlElement[], isStored: boolean): void {
  for (const element of elements.map((each) => qualify(each))) {
    const { name, namespace } = element;
    const isForServers = FOR_SERVERS.includes(namespace) && name !== "store";
    checkInput(isForServers, `must not be sent unencrypted: {${namespace}}${name}`);
    checkInput(!isHindrance(element, isStored), `contradicts delivery: ${name}`);
  }
}

/** Hints against copies and archives, where other devices need both. [O2-186, HINT-02, HINT-03] */
export function isHindrance({ name, namespace }: QualifiedElement, isStored: boolean): boolean {
  if (namespace === namespaces.carbons) return name === "private";
  if (namespace !== namespaces.hints) return false;
  return name === "no-copy" || (isStored && (name === "no-store" || name === "no-permanent-store"));
}

/**
 * What clients of the legacy version leave beside the body that they encrypt; nobody vouches for it.
 * Of a flood the first ones. [L-48, MSG-02, MSG-07, MSG-08]
 */
export function unprotectedElements(stanza: XmlElement): readonly XmlElement[] {
  return elementsOf(qualify(stanza))
    .filter((each) => mayStandOutside(LEGACY, each) && !mayStandOutside(OMEMO_2, each))
    .slice(0, MAX_UNPROTECTED)
    .map(detach);
}

/** More stand beside no message. */
const MAX_UNPROTECTED = 32;

/** Elements sorted by where they may travel. */
export interface SortedElements {
  /** Fit to stand unencrypted beside the `<encrypted/>` element. */
  readonly outside: readonly XmlElement[];
  /** To be encrypted in OMEMO 2; lost where only the legacy version is understood. [O2-180] */
  readonly sensitive: readonly XmlElement[];
}

/** Sorts what an application wants to send; what nobody knows to be harmless is sensitive. [SCE-13] */
export function sortElements(
  version: OmemoVersion,
  elements: readonly XmlElement[],
): SortedElements {
  const isOutside = (element: XmlElement) => mayStandOutside(version, qualify(element));
  return {
    outside: elements.filter(isOutside),
    sensitive: elements.filter((element) => !isOutside(element)),
  };
}

/**
 * What of a stanza counts beside its decrypted content; the rest, a body before all, is as good as
 * forged. An `origin-id` inside beats the one here. [SCE-09, O2-101, O2-104, L-48, L-62]
 */
export function outerElements(
  stanza: XmlElement | QualifiedElement,
  version: OmemoVersion = OMEMO_2,
): readonly XmlElement[] {
  const message = qualified(stanza);
  return elementsOf(message)
    .filter((element) => mayStandOutside(version, element))
    .map(detach);
}

/** In the legacy version more, because nothing but the body can be encrypted. [L-48] */
export function mayStandOutside(version: OmemoVersion, element: QualifiedElement): boolean {
  const { name, namespace } = element;
  if (SERVER_PROCESSED.includes(namespace)) return true;
  if (version !== LEGACY) return false;
  const isThread = name === "thread" && namespace === namespaces.client;
  return isThread || HARMLESS_BESIDE_BODY.includes(namespace);
}
