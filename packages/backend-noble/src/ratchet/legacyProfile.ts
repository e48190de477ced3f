import { concatBytes, LEGACY, toUtf8 } from "@omemo/core";
import {
  decodePreKeySignalMessage,
  decodeSignalMessage,
  deserializeKey,
  encodePreKeySignalMessage,
  encodeSignalMessage,
  SIGNAL_VERSION_BYTE,
  serializeKey,
} from "@omemo/core/wire";
import type { Profile, ProfileOptions, ReceivedMessage } from "./profile.js";

const MAC_LENGTH = 8;

/** `eu.siacs.conversations.axolotl`: Signal protocol version 3. */
export function legacyProfile(
  options: ProfileOptions = {},
  versionByte: number = SIGNAL_VERSION_BYTE,
): Profile {
  return {
    version: LEGACY,
    infos: {
      keyExchange: toUtf8("WhisperText"),
      rootStep: toUtf8("WhisperRatchet"),
      messageKeys: toUtf8("WhisperMessageKeys"),
    },
    identityForm: "montgomery",
    macLength: MAC_LENGTH,
    hasSignedPreKeyChain: true,
    requiresPreKey: false,
    holdsFinishedChains: false,
    jumpLimit: 25_000,
    heldLimit: 2000,
    previousCounter: "count",
    ...options,
    serializePreKey: serializeKey,
    serializeIdentity: serializeKey,
    deserializeIdentity: deserializeKey,
    associatedData({ ownIdentity, peerIdentity }, direction) {
      const [sender, receiver] =
        direction === "sent" ? [ownIdentity, peerIdentity] : [peerIdentity, ownIdentity];
      return concatBytes(serializeKey(sender), serializeKey(receiver));
    },
    decodeMessage,
    decodeExchange(bytes) {
      const exchange = decodePreKeySignalMessage(bytes);
      if (exchange.kind === "malformed") return undefined;
      const message = decodeMessage(exchange.message);
      return message && { ...exchange, message };
    },
    frameMessage: (message) => {
      const bytes = encodeSignalMessage(message, versionByte);
      return bytes.subarray(0, bytes.length - MAC_LENGTH);
    },
    sealMessage: concatBytes,
    wrapExchange({ ownIdentity, pending }, sealed) {
      if (pending === undefined) return sealed;
      return encodePreKeySignalMessage(
        { ...pending, identityKey: ownIdentity, message: sealed },
        versionByte,
      );
    },
  };
}

function decodeMessage(bytes: Uint8Array): ReceivedMessage | undefined {
  const message = decodeSignalMessage(bytes);
  return message.kind === "malformed" ? undefined : message;
}
