import type { ArchivableMessage, OmemoError } from "@omemo/core";

/** A message as it was when its key was spent: raw, whatever was said about it later. */
export interface ArchiveEntry extends ArchivableMessage {
  /**
   * By which it is ordered, ms since 1970: when it was sent, as the server says, but never later than
   * it was decrypted here.
   */
  readonly time: number;
}

/** One place of a conversation. */
export type ArchiveItem =
  | {
      readonly kind: "entry";
      /** Where it lies; for `before` and `after` of a query. */
      readonly position: string;
      readonly entry: ArchiveEntry;
    }
  | {
      /** It is there and cannot be read, because it is damaged or of a newer version. */
      readonly kind: "unreadable";
      readonly position: string;
      readonly id: string;
      readonly time: number;
      /** With code `store-failure`. */
      readonly error: OmemoError;
    };
