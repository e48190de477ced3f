import type { XmlElement } from "../domain/xmlElement.js";

/** Options of one message. */
export interface SendOptions {
  /** Gives up before anything was committed; afterwards the message is on its way. */
  readonly signal?: AbortSignal;
}

/** What a message says: a text, or elements. */
export type Content = string | readonly XmlElement[];
