/** What every decoder here answers to bytes that are not what they should be; none ever throws. */
export interface Malformed {
  readonly kind: "malformed";
}

/** The one value of {@link Malformed}: hostile bytes get no more attention than this. */
export const MALFORMED: Malformed = Object.freeze({ kind: "malformed" });

/** No key message is longer, in bytes; longer ones are refused unread. [O2-70] */
export const MAX_KEY_MESSAGE_LENGTH = 8192;
