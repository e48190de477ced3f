import { fromUtf8 } from "../../domain/bytes.js";
import type { BareJid } from "../../domain/jid.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import { readDateTime, writeDateTime } from "../dateTime.js";
import { DEFAULT_WIRE_LIMITS } from "../limits.js";
import { isMalformed, type Malformed, malformed } from "../malformed.js";
import { namespaces } from "../namespaces.js";
import { detach } from "../xml/detach.js";
import { xml } from "../xml/element.js";
import { parseXml, type XmlLimits } from "../xml/parse.js";
import { childrenOf, elementsOf, type QualifiedElement, qualify, textOf } from "../xml/qualify.js";
import { serialize } from "../xml/serialize.js";
import { expandedName, forbiddenOnSend, isForbidden } from "./forbidden.js";

/** What goes into an envelope; always with all four affixes. [O2-91] */
export interface EnvelopeInput {
  /** Elements without a namespace of their own are in `jabber:client`, as in a stanza. */
  readonly content: readonly XmlElement[];
  readonly from: BareJid;
  /** In a group chat the room. [O2-88] */
  readonly to: BareJid;
  /** Ms since 1970. */
  readonly time: number;
  /** Random text; see `makePadding`. [O2-87] */
  readonly padding: string;
}

/** An envelope that was opened; its affixes are not checked yet. */
export interface Envelope {
  /** Each declares its own namespace; what must not come from inside is gone. [O2-99, O2-100] */
  readonly content: readonly XmlElement[];
  /** What was taken out, as `{namespace}name`. */
  readonly dropped: readonly string[];
  /** Text of the first `<body/>`, of one without `xml:lang` if there is any. */
  readonly body?: string;
  /** As written; empty when the affix names nobody. */
  readonly from?: string;
  /** As written; empty when the affix names nobody. */
  readonly to?: string;
  /** As written. */
  readonly stamp?: string;
  /** Ms since 1970; absent too when the stamp is no time. */
  readonly time?: number;
}

/**
 * The serialised envelope: the plaintext of a payload. The namespace is repeated on each affix for
 * readers that only look at the attribute. [O2-104a, SCE-01, SCE-16]
 * @throws OmemoError `invalid-input` for content that must not go inside or that XML cannot carry.
 */
export function writeEnvelope(input: EnvelopeInput): string {
  forbiddenOnSend(input.content);
  const content = input.content.map((element) => detach(qualify(element)));
  return serialize(
    xml(
      "envelope",
      { xmlns: namespaces.sce },
      xml("content", {}, ...content),
      affix("rpad", {}, input.padding),
      affix("time", { stamp: writeDateTime(input.time) }),
      affix("to", { jid: input.to }),
      affix("from", { jid: input.from }),
    ),
  );
}

function affix(
  name: string,
  attrs: Readonly<Record<string, string>>,
  ...children: readonly string[]
): XmlElement {
  return xml(name, { xmlns: namespaces.sce, ...attrs }, ...children);
}

/**
 * Reads an envelope from decrypted text, or from its UTF-8. Refused are what is not strict XML, any
 * other root, and doubled parts; affixes that we do not know are passed over. [O2-97, O2-102, SCE-01]
 */
export function readEnvelope(
  plaintext: string | Uint8Array,
  limits: XmlLimits = DEFAULT_WIRE_LIMITS,
): Envelope | Malformed {
  const text = typeof plaintext === "string" ? plaintext : fromUtf8(plaintext);
  if (text === undefined) return malformed("not-utf8");
  const parsed = parseXml(text, limits);
  if (isMalformed(parsed)) return parsed;
  const root = qualify(parsed, "");
  if (root.name !== "envelope" || root.namespace !== namespaces.sce) {
    return malformed("wrong-element");
  }
  const parts = ["content", "time", "to", "from"].map((name) => childrenOf(root, name));
  if (parts.some((elements) => elements.length > 1)) return malformed("doubled-element");
  const [content, time, to, from] = parts.map(([element]) => element);
  if (content === undefined) return malformed("missing-element");
  const stamp = time && (time.attrs.stamp ?? "");
  return {
    ...readContent(content),
    ...optional("from", from && (from.attrs.jid ?? "")),
    ...optional("to", to && (to.attrs.jid ?? "")),
    ...optional("stamp", stamp),
    ...optional("time", stamp === undefined ? undefined : readDateTime(stamp)),
  };
}

function readContent(content: QualifiedElement): Pick<Envelope, "content" | "dropped" | "body"> {
  const elements = elementsOf(content);
  const allowed = elements.filter((element) => !isForbidden(element));
  const bodies = allowed.filter(
    (element) => element.name === "body" && element.namespace === namespaces.client,
  );
  const body = bodies.find((element) => element.attrs["xml:lang"] === undefined) ?? bodies[0];
  return {
    content: allowed.map(detach),
    dropped: elements.filter(isForbidden).map(expandedName),
    ...optional("body", body && textOf(body)),
  };
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [Key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]?: Value });
}
