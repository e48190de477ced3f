/** What every decoder here answers to bytes that are not what they should be; none ever throws. */
export interface MalformedKeyMessage {
  readonly kind: "malformed";
}

/** The one value of {@link MalformedKeyMessage}: hostile bytes get no more attention than this. */
export const MALFORMED: MalformedKeyMessage = Object.freeze({ kind: "malformed" });

/** No key message is longer, in bytes; longer ones are refused unread. [O2-70] */
export const MAX_KEY_MESSAGE_LENGTH = 8192;
