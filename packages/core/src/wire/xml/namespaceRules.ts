import { declaredPrefix, type Scope, splitName, XML_NAMESPACE } from "./scope.js";
import type { OpenToken } from "./tokens.js";

const XMLNS_NAMESPACE = "http://www.w3.org/2000/xmlns/";

/** Whether a tag keeps the rules of "Namespaces in XML 1.0"; `scope` is what holds inside it. */
export function hasValidNamespaces(tag: OpenToken, scope: Scope): boolean {
  const [elementPrefix] = splitName(tag.name);
  if (scope[elementPrefix] === undefined) return false;
  const seen = new Set<string>();
  for (const [name, value] of tag.attributes) {
    const declared = declaredPrefix(name);
    if (declared !== undefined && !isValidDeclaration(declared, value)) return false;
    const expanded = declared === undefined ? expandedName(name, scope) : name;
    if (expanded === undefined || seen.has(expanded)) return false;
    seen.add(expanded);
  }
  return true;
}

function isValidDeclaration(prefix: string, namespace: string): boolean {
  if (prefix === "xml") return namespace === XML_NAMESPACE;
  if (prefix === "xmlns" || namespace === XMLNS_NAMESPACE) return false;
  return namespace !== XML_NAMESPACE && (prefix === "" || namespace !== "");
}

/** Two prefixes may stand for one namespace: then `a:x` and `b:x` are the same attribute. */
function expandedName(name: string, scope: Scope): string | undefined {
  const [prefix, localName] = splitName(name);
  if (prefix === "") return name;
  const namespace = scope[prefix];
  return namespace === undefined ? undefined : `${localName} ${namespace}`;
}
