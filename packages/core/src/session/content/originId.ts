import type { XmlElement } from "../../domain/xmlElement.js";
import { DEFAULT_WIRE_LIMITS } from "../../wire/limits.js";
import { namespaces } from "../../wire/namespaces.js";
import { xml } from "../../wire/xml/element.js";

/** An origin id as it stands inside and outside of a message [SID-04]. */
export function originIdElement(id: string): XmlElement {
  return xml("origin-id", { xmlns: namespaces.stanzaIds, id });
}

/** Content with namespaces of its own, and the id that was among it: it is no content. */
export function withoutOriginId(content: readonly XmlElement[]): {
  readonly content: readonly XmlElement[];
  readonly originId: string | undefined;
} {
  const others = content.filter((element) => !isOriginId(element));
  const [id, ...rest] = content.filter(isOriginId).map(({ attrs }) => attrs.id ?? "");
  const isUsable = id !== undefined && rest.length === 0 && id !== "";
  const originId = isUsable && id.length <= DEFAULT_WIRE_LIMITS.maxIdLength ? id : undefined;
  return { content: others, originId };
}

function isOriginId({ name, attrs }: XmlElement): boolean {
  return name === "origin-id" && attrs.xmlns === namespaces.stanzaIds;
}
