import {
  MALFORMED,
  MAX_KEY_MESSAGE_LENGTH,
  type MalformedKeyMessage,
} from "./malformedKeyMessage.js";
import { type FieldTypes, readFields } from "./readFields.js";
import { deserializeKey, serializeKey } from "./serializedKey.js";
import { isSignalVersion, SIGNAL_VERSION_BYTE } from "./signalMessage.js";
import { writeFields } from "./writeFields.js";

/** The key exchange of the legacy version (section 6.2). It has no MAC of its own [W-90]. */
export interface PreKeySignalMessage {
  /** `undefined`: without one-time prekey, which is not the same as 0 [W-23, W-25]. */
  readonly preKeyId: number | undefined;
  readonly signedPreKeyId: number;
  /** The sender's device id, or anything: of no use on receive [W-21, W-22]. */
  readonly registrationId: number;
  /** 32 bytes, without type byte. */
  readonly baseKey: Uint8Array;
  /** 32 bytes, without type byte. */
  readonly identityKey: Uint8Array;
  /** A complete SignalMessage with its own version byte and MAC [W-53]. */
  readonly message: Uint8Array;
}

const TYPES: FieldTypes = [undefined, "uint32", "bytes", "bytes", "bytes", "uint32", "uint32"];

/**
 * Version byte and protobuf.
 *
 * @param versionByte differs from 0x33 only where captured messages are reproduced [W-52].
 */
export function encodePreKeySignalMessage(
  message: PreKeySignalMessage,
  versionByte: number = SIGNAL_VERSION_BYTE,
): Uint8Array<ArrayBuffer> {
  const bytes = writeFields(
    [
      undefined,
      message.preKeyId,
      serializeKey(message.baseKey),
      serializeKey(message.identityKey),
      message.message,
      message.registrationId,
      message.signedPreKeyId,
    ],
    1,
  );
  bytes[0] = versionByte;
  return bytes;
}

/** `preKeyId` and `registrationId` may be missing [W-22, W-25]; the inner message is not read. */
export function decodePreKeySignalMessage(
  bytes: Uint8Array,
): (PreKeySignalMessage & { readonly kind: "prekey-signal-message" }) | MalformedKeyMessage {
  if (bytes.length > MAX_KEY_MESSAGE_LENGTH || !isSignalVersion(bytes)) return MALFORMED;
  const fields = readFields(bytes.subarray(1), TYPES, true) ?? [];
  const { 1: preKeyId, 2: base, 3: identity, 4: message } = fields;
  const { 5: registrationId = 0, 6: signedPreKeyId } = fields;
  if (typeof preKeyId === "object" || typeof registrationId !== "number") return MALFORMED;
  if (typeof signedPreKeyId !== "number" || typeof message !== "object") return MALFORMED;
  if (typeof base !== "object" || typeof identity !== "object") return MALFORMED;
  const baseKey = deserializeKey(base);
  const identityKey = deserializeKey(identity);
  if (baseKey === undefined || identityKey === undefined) return MALFORMED;
  return {
    kind: "prekey-signal-message",
    preKeyId,
    signedPreKeyId,
    registrationId,
    baseKey,
    identityKey,
    message,
  };
}
