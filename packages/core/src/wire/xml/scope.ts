/**
 * The namespaces in force, by prefix; the default one under "". Each element that declares some
 * makes a scope that inherits, so declarations cost what they are, however many surround them.
 */
export type Scope = Readonly<Record<string, string>>;

/** Bound to the prefix `xml`, and to no other. */
export const XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace";

/** The scope outside a root element. */
export function rootScope(defaultNamespace: string): Scope {
  // No prototype: `constructor` is a prefix like any other.
  return Object.assign(Object.create(null), { xml: XML_NAMESPACE, "": defaultNamespace });
}

/** The scope inside an element with these attributes. */
export function declare(outer: Scope, attrs: Readonly<Record<string, string>>): Scope {
  let scope: Record<string, string> | undefined;
  for (const name of Object.keys(attrs)) {
    const prefix = declaredPrefix(name);
    if (prefix === undefined) continue;
    scope ??= Object.create(outer) as Record<string, string>;
    scope[prefix] = attrs[name] as string;
  }
  return scope ?? outer;
}

/** The prefix that an attribute of this name declares; "" for the default namespace. */
export function declaredPrefix(attribute: string): string | undefined {
  if (attribute === "xmlns") return "";
  return attribute.startsWith("xmlns:") ? attribute.slice(6) : undefined;
}

/** A name as written, taken apart; the prefix is "" when there is none. */
export function splitName(name: string): readonly [prefix: string, localName: string] {
  const colon = name.indexOf(":");
  return colon === -1 ? ["", name] : [name.slice(0, colon), name.slice(colon + 1)];
}
