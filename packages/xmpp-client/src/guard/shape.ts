import { elementsOf, type QualifiedElement } from "@omemo/core/wire";

/** What an element may look like that is allowed to be readable. Whatever is not named is content. */
export interface Shape {
  /** By name as written; an attribute that is not named here must not be there. */
  readonly attributes?: Readonly<Record<string, RegExp>>;
  /** Without it, nothing but white space may be inside. */
  readonly text?: RegExp;
  readonly children?: Shapes;
}

/** By `{namespace}name`. */
export type Shapes = Readonly<Record<string, Shape>>;

/** What is chosen to be recognised, and cannot hold a sentence. */
export const IDENTIFIER: RegExp = /^\S{0,1024}$/u;
/** Only what names a person in a room, or a device, may hold a space. */
export const ADDRESS: RegExp = /^[^\s/]{0,1024}(\/.{0,1024})?$/u;
export const NUMBER: RegExp = /^-?\d{1,20}$/;
export const BASE64: RegExp = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
export const TIME: RegExp = /^[\dTZ:.+-]{1,40}$/;
export const LANGUAGE: RegExp = /^[A-Za-z0-9-]{0,35}$/;
/** Nothing else can be written into the tag that is not escaped. */
const NAME = /^[\p{L}_][\p{L}\p{N}._-]*(:[\p{L}_][\p{L}\p{N}._-]*)?$/u;

/** `{namespace}name` of an element. */
export function expandedName({ name, namespace }: Pick<QualifiedElement, "name" | "namespace">) {
  return `{${namespace}}${name}`;
}

/**
 * What of an element does not fit its shape, by name: elements as `{namespace}name`, with `@name` for
 * an attribute and `#text` for text. Empty when all of it may be readable.
 */
export function strayParts(element: QualifiedElement, shape: Shape | undefined): readonly string[] {
  const name = expandedName(element);
  if (shape === undefined || !NAME.test(element.source.name)) return [name];
  const text = element.children.filter((child) => typeof child === "string").join("");
  const isTextFine = text.trim() === "" || (shape.text?.test(text) ?? false);
  return [
    ...strayAttributes(element, shape.attributes ?? {}).map((each) => `${name}@${each}`),
    ...(isTextFine ? [] : [`${name}#text`]),
    ...elementsOf(element).flatMap((child) =>
      strayParts(child, shape.children?.[expandedName(child)]),
    ),
  ];
}

/** Declarations of namespaces are identifiers as well, whatever they are bound to. */
function strayAttributes(
  { attrs }: QualifiedElement,
  allowed: NonNullable<Shape["attributes"]>,
): readonly string[] {
  return Object.entries(attrs).flatMap(([name, value]) => {
    const isDeclaration = name === "xmlns" || name.startsWith("xmlns:");
    const pattern = isDeclaration ? IDENTIFIER : allowed[name];
    return NAME.test(name) && pattern?.test(value) ? [] : [name];
  });
}
