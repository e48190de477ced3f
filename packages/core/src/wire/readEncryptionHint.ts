import type { XmlElement } from "../domain/xmlElement.js";
import { namespaces } from "./namespaces.js";
import { childrenOf, type QualifiedElement, qualified } from "./xml/qualify.js";

/** No protocol's namespace is longer; what is comes from somebody who plays with us. */
const MAX_LENGTH = 200;

/** The namespace of the first method that the message claims to be encrypted with [EME-04]. */
export function readEncryptionHint(stanza: XmlElement | QualifiedElement): string | undefined {
  return childrenOf(qualified(stanza), "encryption", namespaces.eme)
    .map(({ attrs }) => attrs.namespace ?? "")
    .find((namespace) => namespace !== "" && namespace.length <= MAX_LENGTH);
}
