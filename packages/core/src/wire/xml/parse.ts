import type { XmlElement } from "../../domain/xmlElement.js";
import { DEFAULT_WIRE_LIMITS, type WireLimits } from "../limits.js";
import { type Malformed, type MalformedReason, malformed } from "../malformed.js";
import { isXmlText } from "./characters.js";
import { hasValidNamespaces } from "./namespaceRules.js";
import { declare, rootScope, type Scope } from "./scope.js";
import { type OpenToken, type Token, tokenize } from "./tokens.js";

/** Bounds on the text that {@link parseXml} accepts. */
export type XmlLimits = Pick<WireLimits, "maxXmlLength" | "maxXmlDepth" | "maxXmlElements">;

interface GrowingElement extends XmlElement {
  readonly children: (XmlElement | string)[];
}

interface Tree {
  root: XmlElement | undefined;
  /** From the root to where the next token belongs. */
  readonly open: { readonly element: GrowingElement; readonly scope: Scope }[];
  elementCount: number;
}

/**
 * The one element in a text from someone who may mean harm: well-formed in the sense of XML 1.0 and
 * of its namespaces, and nothing beside elements, attributes, text, CDATA sections, the five
 * built-in entities and character references. Names stay as written. [SCE-06, O2-102]
 */
export function parseXml(
  text: string,
  limits: XmlLimits = DEFAULT_WIRE_LIMITS,
): XmlElement | Malformed {
  if (text.length > limits.maxXmlLength) return malformed("too-large");
  if (!isXmlText(text)) return malformed("not-xml");
  const tree: Tree = { root: undefined, open: [], elementCount: 0 };
  for (const token of tokenize(text)) {
    const objection = grow(tree, token, limits);
    if (objection) return malformed(objection);
  }
  return tree.root && tree.open.length === 0 ? tree.root : malformed("not-xml");
}

function grow(
  tree: Tree,
  token: Token | undefined,
  limits: XmlLimits,
): MalformedReason | undefined {
  const parent = tree.open.at(-1);
  if (token?.kind === "open") return growElement(tree, token, limits);
  if (token?.kind === "close" && token.name === parent?.element.name) {
    tree.open.pop();
    return undefined;
  }
  if (token?.kind !== "text") return "not-xml";
  if (!parent) return token.isBlank ? undefined : "not-xml";
  growText(parent.element.children, token.text);
  return undefined;
}

function growElement(tree: Tree, token: OpenToken, limits: XmlLimits): MalformedReason | undefined {
  const parent = tree.open.at(-1);
  if (tree.root && !parent) return "not-xml";
  tree.elementCount += 1;
  if (tree.elementCount > limits.maxXmlElements) return "too-large";
  if (tree.open.length >= limits.maxXmlDepth) return "too-large";
  const element = { name: token.name, attrs: Object.fromEntries(token.attributes), children: [] };
  const scope = declare(parent?.scope ?? rootScope(""), element.attrs);
  if (!hasValidNamespaces(token, scope)) return "not-xml";
  if (parent) parent.element.children.push(element);
  else tree.root = element;
  if (!token.isEmpty) tree.open.push({ element, scope });
  return undefined;
}

/** Text around a CDATA section is one text. */
function growText(children: (XmlElement | string)[], text: string): void {
  const last = children.at(-1);
  if (typeof last === "string") children[children.length - 1] = last + text;
  else if (text !== "") children.push(text);
}
