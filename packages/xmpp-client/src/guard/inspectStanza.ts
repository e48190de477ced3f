import { type BareJid, LEGACY, OMEMO_2, type OmemoVersion, parseBareJid } from "@omemo/core";
import {
  childrenOf,
  elementsOf,
  namespaces,
  type QualifiedElement,
  textOf,
} from "@omemo/core/wire";
import {
  ENCRYPTED,
  STANZA_ATTRIBUTES,
  shapesAlone,
  shapesBeside,
  versionOf,
} from "./messageShapes.js";
import { PRESENCES } from "./presenceShapes.js";
import { REQUESTS } from "./requestShapes.js";
import { expandedName, type Shapes, strayParts } from "./shape.js";

/** What goes to the server as a stanza, whatever its namespace. */
export type StanzaName = "message" | "presence" | "iq";

/** What the guard takes for harmless beside what it knows. */
export interface Allowance {
  /** Texts for clients without OMEMO, in their exact wording [L-44]. */
  readonly fallbackBodies: readonly string[];
  /** `{namespace}name` of elements that the application lets pass whole, whatever is in them. */
  readonly elements: ReadonlySet<string>;
}

/** One address that a stanza, or a message inside it, is for. */
export interface Destination {
  /** `undefined`: not an address. */
  readonly conversation: BareJid | undefined;
  /** Names of what would be readable, for a conversation of these versions; empty when nothing is. */
  readonly readable: (versions: readonly OmemoVersion[]) => readonly string[];
  readonly isEmbedded: boolean;
}

/** Which of the three stanzas an element is; `undefined` for what only concerns the stream. */
export function stanzaName({ name }: Pick<QualifiedElement, "name">): StanzaName | undefined {
  return (["message", "presence", "iq"] as const).find((each) => each === name);
}

/**
 * Whom a stanza reaches, and what they and everybody on the way could read of it: the addressee,
 * those that a multicast service passes it on to (XEP-0033), and the conversations of the messages
 * inside (XEP-0297). `own` is our account, as far as it is known.
 */
export function destinationsOf(
  stanza: QualifiedElement,
  own: BareJid | undefined,
  allowance: Allowance,
): readonly Destination[] {
  const outer = addressees(stanza, own).map((conversation) => ({
    conversation,
    readable: (versions: readonly OmemoVersion[]) => readableParts(stanza, versions, allowance),
    isEmbedded: false,
  }));
  const inner = embeddedMessages(stanza).map((message) => ({
    conversation: conversationOfEmbedded(message, own),
    readable: (versions: readonly OmemoVersion[]) => readableParts(message, versions, allowance),
    isEmbedded: true,
  }));
  return [...outer, ...inner.filter(({ conversation }) => conversation !== undefined)];
}

/** What of a stanza is content that somebody on the way can read. */
function readableParts(
  stanza: QualifiedElement,
  versions: readonly OmemoVersion[],
  { fallbackBodies, elements }: Allowance,
): readonly string[] {
  const encrypted = elementsOf(stanza).flatMap((each) => versionOf(each) ?? []);
  const children = shapesFor(stanza, encrypted, versions);
  const isAllowed = (element: QualifiedElement): boolean =>
    elements.has(expandedName(element)) ||
    (encrypted.length > 0 && isFallback(element, fallbackBodies));
  const rest = stanza.children.filter((child) => typeof child === "string" || !isAllowed(child));
  return strayParts({ ...stanza, children: rest }, { attributes: STANZA_ATTRIBUTES, children });
}

function shapesFor(
  stanza: QualifiedElement,
  encrypted: readonly OmemoVersion[],
  versions: readonly OmemoVersion[],
): Shapes {
  if (stanza.name === "iq") return REQUESTS;
  if (stanza.name === "presence") return PRESENCES;
  if (encrypted.length === 0) return shapesAlone(versions);
  return {
    ...shapesBeside(encrypted),
    [`{${OMEMO_2}}encrypted`]: ENCRYPTED[OMEMO_2],
    [`{${LEGACY}}encrypted`]: ENCRYPTED[LEGACY],
  };
}

function isFallback(element: QualifiedElement, texts: readonly string[]): boolean {
  const isBody = expandedName(element) === `{${namespaces.client}}body`;
  return (
    isBody && texts.includes(textOf(element)) && strayParts(element, { text: /^/ }).length === 0
  );
}

/**
 * Without `to` a message is for our own devices. Requests and presences without `to`, and requests to
 * our own account, are for the server: nobody is written to by them (RFC 6121 §8.5, RFC 6120 §10.3).
 */
function addressees(
  stanza: QualifiedElement,
  own: BareJid | undefined,
): readonly (BareJid | undefined)[] {
  const { to } = stanza.attrs;
  const direct = to === undefined ? own : parseBareJid(to);
  const isForServer =
    (to === undefined && stanza.name !== "message") ||
    (stanza.name === "iq" && direct !== undefined && direct === own && !to?.includes("/"));
  return [...(isForServer ? [] : [direct]), ...furtherAddressees(stanza)];
}

function furtherAddressees(stanza: QualifiedElement): readonly (BareJid | undefined)[] {
  return childrenOf(stanza, "addresses", namespaces.addresses)
    .flatMap((addresses) => childrenOf(addresses, "address"))
    .filter(({ attrs }) => ["to", "cc", "bcc"].includes(attrs.type ?? ""))
    .flatMap(({ attrs }) => (attrs.jid === undefined ? [] : [parseBareJid(attrs.jid)]));
}

/** Messages at any depth: somebody forwards them, or puts them into a copy. */
function embeddedMessages(element: QualifiedElement): readonly QualifiedElement[] {
  return elementsOf(element).flatMap((child) => {
    const isMessage = child.name === "message"; // in whatever namespace: who forwards may forget it
    return [...(isMessage ? [child] : []), ...embeddedMessages(child)];
  });
}

function conversationOfEmbedded(
  { attrs }: QualifiedElement,
  own: BareJid | undefined,
): BareJid | undefined {
  const [from, to] = [attrs.from, attrs.to].map((each) => parseBareJid(each ?? ""));
  return from === undefined || from === own ? to : from;
}
