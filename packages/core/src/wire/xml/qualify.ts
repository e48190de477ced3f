import type { XmlElement } from "../../domain/xmlElement.js";

/** An element with its namespace resolved, whichever way its sender wrote it. [O2-104a] */
export interface QualifiedElement {
  /** Local name, without prefix. */
  readonly name: string;
  /** Empty when there is none. */
  readonly namespace: string;
  /** As written; `xmlns` declarations and prefixed attributes included. */
  readonly attrs: Readonly<Record<string, string>>;
  readonly children: readonly (QualifiedElement | string)[];
  /** What it was made from. */
  readonly source: XmlElement;
}

type Scope = Readonly<Record<string, string>>;

const XML_SCOPE: Scope = { xml: "http://www.w3.org/XML/1998/namespace" };

/** Deeper trees are cut off: no stanza needs them, and recursion must stay bounded. */
const MAX_DEPTH = 100;

/** Resolves default namespaces and prefixes; `inherited` is the namespace around the element. */
export function qualify(element: XmlElement, inherited = "jabber:client"): QualifiedElement {
  return qualifyIn({ ...XML_SCOPE, "": inherited }, element, 0);
}

function qualifyIn(outer: Scope, element: XmlElement, depth: number): QualifiedElement {
  const scope = declare(outer, element.attrs);
  const colon = element.name.indexOf(":");
  const prefix = colon === -1 ? "" : element.name.slice(0, colon);
  const children = depth < MAX_DEPTH ? element.children : [];
  return {
    name: element.name.slice(colon + 1),
    namespace: Object.hasOwn(scope, prefix) ? (scope[prefix] as string) : "",
    attrs: element.attrs,
    children: children.map((child) =>
      typeof child === "string" ? child : qualifyIn(scope, child, depth + 1),
    ),
    source: element,
  };
}

function declare(outer: Scope, attrs: Readonly<Record<string, string>>): Scope {
  let scope: Record<string, string> | undefined;
  for (const [name, value] of Object.entries(attrs)) {
    const prefix = name === "xmlns" ? "" : name.startsWith("xmlns:") ? name.slice(6) : undefined;
    if (prefix === undefined) continue;
    scope ??= { ...outer };
    scope[prefix] = value;
  }
  return scope ?? outer;
}

/** The child elements of that name and namespace, in order. */
export function childrenOf(
  parent: QualifiedElement,
  name: string,
  namespace: string = parent.namespace,
): readonly QualifiedElement[] {
  return parent.children.filter(
    (child): child is QualifiedElement =>
      typeof child !== "string" && child.name === name && child.namespace === namespace,
  );
}

/** The first child element of that name and namespace. */
export function childOf(
  parent: QualifiedElement,
  name: string,
  namespace: string = parent.namespace,
): QualifiedElement | undefined {
  return childrenOf(parent, name, namespace)[0];
}

/** All child elements, whatever their name. */
export function elementsOf(parent: QualifiedElement): readonly QualifiedElement[] {
  return parent.children.filter((child): child is QualifiedElement => typeof child !== "string");
}

/** The text directly inside the element. */
export function textOf(element: QualifiedElement): string {
  return element.children.filter((child) => typeof child === "string").join("");
}
