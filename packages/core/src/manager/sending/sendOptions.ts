import type { OmemoIdentity } from "../../domain/device.js";
import type { GatherProgress } from "../../domain/gatherProgress.js";
import type { OmemoVersion } from "../../domain/version.js";
import type { XmlElement } from "../../domain/xmlElement.js";

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

/** Options of one message in a conversation. */
export interface ConversationOptions extends SendOptions {
  /** Those that may carry it. Default: all that the manager speaks. */
  readonly versions?: readonly OmemoVersion[];
  /**
   * Whether a device, own or of the recipient, is to read it: the others are as if there were none.
   * Trust is asked all the same. Default: every device [TM-05].
   */
  readonly isFor?: (identity: OmemoIdentity) => boolean;
}

/** What a message says: a text, or elements. */
export type Content = string | readonly XmlElement[];
