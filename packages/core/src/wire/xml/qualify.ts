import type { XmlElement } from "../../domain/xmlElement.js";
import { namespaces } from "../namespaces.js";
import { declare, rootScope, type Scope, splitName } from "./scope.js";

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
  /** The prefixes in force inside it, with their namespaces. */
  readonly scope: Scope;
}

/** Deeper trees are cut off: no stanza needs them, and recursion must stay bounded. */
const MAX_DEPTH = 100;

/** Resolves default namespaces and prefixes; `inherited` is the namespace around the element. */
export function qualify(
  element: XmlElement,
  inherited: string = namespaces.client,
): QualifiedElement {
  return qualifyIn(rootScope(inherited), element, 0);
}

/** The element with its namespaces resolved, whether or not that was done before. */
export function qualified(element: XmlElement | QualifiedElement): QualifiedElement {
  return "namespace" in element ? element : qualify(element);
}

function qualifyIn(outer: Scope, element: XmlElement, depth: number): QualifiedElement {
  const scope = declare(outer, element.attrs);
  const [prefix, name] = splitName(element.name);
  const children = depth < MAX_DEPTH ? element.children : [];
  return {
    name,
    namespace: scope[prefix] ?? "",
    attrs: element.attrs,
    children: children.map((child) =>
      typeof child === "string" ? child : qualifyIn(scope, child, depth + 1),
    ),
    source: element,
    scope,
  };
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
