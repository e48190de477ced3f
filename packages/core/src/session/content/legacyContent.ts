import { LEGACY, OMEMO_2 } from "../../domain/version.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import { namespaces } from "../../wire/namespaces.js";
import { mayStandOutside } from "../../wire/outside.js";
import { expandedName } from "../../wire/sce/forbidden.js";
import { type QualifiedElement, qualify, textOf } from "../../wire/xml/qualify.js";
import { withoutOriginId } from "./originId.js";

/** What becomes of content in the legacy version. */
export interface LegacyContent {
  /** Encrypted; without one there is no message. */
  readonly body: string | undefined;
  /** Unencrypted beside it, as all clients do: says nothing of the text [L-48, MSG-02, MSG-07]. */
  readonly beside: readonly XmlElement[];
  /** As `{namespace}name`: it does not leave [O2-180]. */
  readonly lost: readonly string[];
}

/**
 * Sorts content for devices that carry a body and nothing else [L-37, O2-180]. Beside a body that is
 * encrypted in OMEMO 2 as well, in one stanza, nothing may stand that is inside there [SCE-13].
 */
export function legacyContent(
  content: readonly XmlElement[],
  layout: "separate" | "combined",
): LegacyContent {
  const body = bodyOf(content);
  // The origin id stands outside of every stanza.
  const others = withoutOriginId(content)
    .content.map((element) => qualify(element))
    .filter((element) => !isBody(element));
  const isBeside = (element: QualifiedElement): boolean =>
    layout === "separate" && mayStandOutside(LEGACY, element) && !mayStandOutside(OMEMO_2, element);
  return {
    body,
    beside: others.filter(isBeside).map(({ source }) => source),
    lost: others.filter((element) => !isBeside(element)).map(expandedName),
  };
}

/** The text of the first body, of one without `xml:lang` if there is any. */
export function bodyOf(content: readonly XmlElement[]): string | undefined {
  const bodies = content.map((element) => qualify(element)).filter(isBody);
  const body = bodies.find(({ attrs }) => attrs["xml:lang"] === undefined) ?? bodies[0];
  return body && textOf(body);
}

function isBody({ name, namespace }: QualifiedElement): boolean {
  return name === "body" && namespace === namespaces.client;
}
