import type { OmemoVersion } from "../../domain/version.js";
import type { RecordPut } from "../../ports/store.js";
import type { ReceivedMessage } from "../received.js";

/**
 * A message with content at the moment at which its key is spent: received, said by another device of
 * ours, or about to leave this one. Nobody can read it again later.
 */
export interface ArchivableMessage extends Omit<ReceivedMessage, "version" | "isRedelivery"> {
  /** The one it was read in; of a message from this device all that it was encrypted in. */
  readonly versions: readonly OmemoVersion[];
  /** When it was decrypted, or encrypted on this device; ms since 1970. */
  readonly handledAt: number;
}

/** Keeps what was said: an optional port, which `@omemo/archive` implements. */
export interface OmemoArchive {
  /**
   * What is to be stored of a message, in the commit of the ratchet's step and so exactly when that
   * happens. Called inside the mailbox, again when a race for the store was lost; it changes nothing
   * by itself, and must not throw, since the message would stay undecrypted.
   */
  recordsOf(message: ArchivableMessage): readonly RecordPut[];
}
