import type { GatherProgress } from "../domain/gatherProgress.js";
import type { XmlElement } from "../domain/xmlElement.js";

/** Options of one message; of a plan `signal` alone counts. */
export interface SendOptions {
  /** Gives up before anything was committed; afterwards the message is on its way. */
  readonly signal?: AbortSignal;
  /** Told of each list and bundle that was fetched, or could not be: a large room takes a while. */
  readonly onProgress?: (progress: GatherProgress) => void;
  /**
   * Attribute `id` of the stanza, and origin id; by default 32 random hex digits. Where both versions
   * leave apart, the second stanza has the id with `-2` behind it. Never to be used again [SID-04].
   */
  readonly id?: string;
  /**
   * Archives and offline storage are not to keep it: for what nobody needs later, never with a
   * body. Default: only chat states alone [HINT-02, O2-186, O2-189].
   */
  readonly isEphemeral?: boolean;
  /** For servers, unencrypted: hints, addresses; everything else is refused [SCE-09, SCE-13]. */
  readonly outside?: readonly XmlElement[];
}

/** What a message says: a text, or elements. */
export type Content = string | readonly XmlElement[];
