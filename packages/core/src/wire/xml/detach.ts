import type { XmlElement } from "../../domain/xmlElement.js";
import type { QualifiedElement } from "./qualify.js";
import { declaredPrefix, splitName } from "./scope.js";

/**
 * The element by itself: it declares every namespace that it needs, so it means the same wherever
 * it is put. [SCE-05, O2-17]
 */
export function detach(element: QualifiedElement): XmlElement {
  return detachFrom(undefined, element);
}

function detachFrom(inherited: string | undefined, element: QualifiedElement): XmlElement {
  return {
    name: element.name,
    attrs: Object.fromEntries([
      ...(element.namespace === inherited ? [] : [["xmlns", element.namespace]]),
      ...Object.entries(element.attrs).flatMap((attribute) => carryOver(element, attribute)),
    ]),
    children: element.children.map((child) =>
      typeof child === "string" ? child : detachFrom(element.namespace, child),
    ),
  };
}

/** Prefixes of attributes stay, each with its declaration; without one it has no meaning to keep. */
function carryOver(
  element: QualifiedElement,
  [name, value]: readonly [string, string],
): readonly (readonly [string, string])[] {
  if (declaredPrefix(name) !== undefined) return [];
  const [prefix] = splitName(name);
  if (prefix === "" || prefix === "xml") return [[name, value]];
  const namespace = element.scope[prefix];
  return namespace === undefined
    ? []
    : [
        [`xmlns:${prefix}`, namespace],
        [name, value],
      ];
}
