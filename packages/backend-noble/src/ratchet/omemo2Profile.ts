import { concatBytes, OMEMO_2, toUtf8 } from "@omemo/core";
import {
  decodeAuthenticatedMessage,
  decodeKeyExchange,
  decodeOmemoMessage,
  encodeAuthenticatedMessage,
  encodeKeyExchange,
  encodeOmemoMessage,
} from "@omemo/core/wire";
import type { Profile, ProfileOptions, ReceivedMessage } from "./profile.js";

/** `urn:xmpp:omemo:2`. */
export function omemo2Profile(options: ProfileOptions = {}): Profile {
  return {
    version: OMEMO_2,
    infos: {
      keyExchange: toUtf8("OMEMO X3DH"),
      rootStep: toUtf8("OMEMO Root Chain"),
      messageKeys: toUtf8("OMEMO Message Key Material"),
    },
    identityForm: "edwards",
    macLength: 16,
    hasSignedPreKeyChain: false,
    requiresPreKey: true,
    holdsFinishedChains: true,
    jumpLimit: 1000,
    heldLimit: 1000,
    previousCounter: "count",
    ...options,
    serializePreKey: (publicKey) => publicKey,
    serializeIdentity: (form) => form,
    deserializeIdentity: (bytes) => (bytes.length === 32 ? bytes : undefined),
    associatedData: ({ isInitiator, ownIdentity, peerIdentity }) =>
      isInitiator ? concatBytes(ownIdentity, peerIdentity) : concatBytes(peerIdentity, ownIdentity),
    decodeMessage,
    decodeExchange(bytes) {
      const exchange = decodeKeyExchange(bytes);
      if (exchange.kind === "malformed") return undefined;
      const message = decodeMessage(exchange.message);
      return message && { ...exchange, message };
    },
    frameMessage: encodeOmemoMessage,
    sealMessage: (framed, mac) => encodeAuthenticatedMessage({ mac, message: framed }),
    wrapExchange({ ownIdentity, pending }, sealed) {
      if (pending?.preKeyId === undefined) return sealed;
      const { preKeyId, signedPreKeyId, baseKey } = pending;
      return encodeKeyExchange({
        preKeyId,
        signedPreKeyId,
        baseKey,
        identityKey: ownIdentity,
        message: sealed,
      });
    },
  };
}

function decodeMessage(bytes: Uint8Array): ReceivedMessage | undefined {
  const authenticated = decodeAuthenticatedMessage(bytes);
  if (authenticated.kind === "malformed") return undefined;
  const message = decodeOmemoMessage(authenticated.message);
  if (message.kind === "malformed") return undefined;
  return { ...message, authenticated: authenticated.message, mac: authenticated.mac };
}
