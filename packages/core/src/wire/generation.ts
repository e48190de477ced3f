import type { XmlElement } from "../domain/xmlElement.js";
import { fromBase64, toBase64 } from "./base64.js";
import { xml } from "./xml/element.js";
import { elementsOf, qualify, textOf } from "./xml/qualify.js";

/**
 * A private node of the account's own server, one item a device: how far the device's state has
 * come, so that an older copy of it finds out. Not part of any XEP.
 */
export const GENERATION_NODE = "urn:x-omemo:generation:1";

/** More than any mirror of ours has, in characters. */
const MAX_LENGTH = 1000;
const MAC_LENGTH = 32;

/** What the item says, and the proof that a holder of the identity key wrote it. */
export interface GenerationItem {
  readonly text: string;
  /** 32 bytes. */
  readonly mac: Uint8Array;
}

export function writeGeneration({ text, mac }: GenerationItem): XmlElement {
  return xml("generation", { xmlns: GENERATION_NODE, mac: toBase64(mac) }, text);
}

/** `undefined` when it is no such item. */
export function readGeneration(payload: XmlElement): GenerationItem | undefined {
  const element = qualify(payload);
  if (element.name !== "generation" || element.namespace !== GENERATION_NODE) return undefined;
  const text = textOf(element);
  const mac = fromBase64(element.attrs.mac ?? "");
  if (elementsOf(element).length > 0 || text.length > MAX_LENGTH) return undefined;
  return mac?.length === MAC_LENGTH ? { text, mac } : undefined;
}
