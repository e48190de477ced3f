import { type Malformed, malformed } from "./malformed.js";
import { childrenOf, type QualifiedElement } from "./xml/qualify.js";

/** The child of that name in the parent's namespace, when there is exactly one. */
export function onlyChild(parent: QualifiedElement, name: string): QualifiedElement | Malformed {
  const [element, second] = childrenOf(parent, name);
  if (element === undefined) return malformed("missing-element");
  return second === undefined ? element : malformed("doubled-element");
}

/** As {@link onlyChild}, but there may be none. */
export function optionalChild(
  parent: QualifiedElement,
  name: string,
): QualifiedElement | undefined | Malformed {
  const [element, second] = childrenOf(parent, name);
  return second === undefined ? element : malformed("doubled-element");
}
