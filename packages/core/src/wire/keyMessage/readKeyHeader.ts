import { OMEMO_2, type OmemoVersion } from "../../domain/version.js";
import { decodeAuthenticatedMessage } from "./authenticatedMessage.js";
import { decodeKeyExchange } from "./keyExchange.js";
import { MALFORMED, type MalformedKeyMessage } from "./malformedKeyMessage.js";
import { decodeOmemoMessage } from "./omemoMessage.js";
import { decodePreKeySignalMessage } from "./preKeySignalMessage.js";
import { serializeKey } from "./serializedKey.js";
import { decodeSignalMessage } from "./signalMessage.js";

/** What can be read of a `<key/>` before any key is touched: what to load for it. */
export type KeyHeader =
  | {
      readonly kind: "key-exchange";
      /** `undefined`: without one-time prekey, legacy only [W-25]. */
      readonly preKeyId: number | undefined;
      readonly signedPreKeyId: number;
      /** As on the wire: 32 bytes Ed25519 form in OMEMO 2, 33 bytes in the legacy version. */
      readonly identityKey: Uint8Array;
      /** 32 bytes: names the exchange [O2-121, section 9]. */
      readonly baseKey: Uint8Array;
      /** Of the message in it: position in the sending chain, from 0. */
      readonly counter: number;
    }
  | {
      readonly kind: "ratchet";
      /** 32 bytes: names the sending chain. */
      readonly ratchetKey: Uint8Array;
      /** Position in that chain, from 0. */
      readonly counter: number;
    };

/**
 * Reads the header of a key message. In OMEMO 2 the content alone decides what it is [O2-71]; in
 * the legacy version no byte names the kind, so the announced one is tried first and the other
 * once [L-56, W-58].
 */
export function readKeyHeader(
  version: OmemoVersion,
  bytes: Uint8Array,
  announcedAsKeyExchange: boolean,
): KeyHeader | MalformedKeyMessage {
  const exchangeFirst = version === OMEMO_2 || announcedAsKeyExchange;
  const [first, second] = exchangeFirst ? [readExchange, readRatchet] : [readRatchet, readExchange];
  const header = first(version, bytes);
  return header.kind === "malformed" ? second(version, bytes) : header;
}

function readExchange(version: OmemoVersion, bytes: Uint8Array): KeyHeader | MalformedKeyMessage {
  const exchange =
    version === OMEMO_2 ? decodeKeyExchange(bytes) : decodePreKeySignalMessage(bytes);
  if (exchange.kind === "malformed") return MALFORMED;
  const message = readRatchet(version, exchange.message);
  if (message.kind !== "ratchet") return MALFORMED;
  const { preKeyId, signedPreKeyId, identityKey, baseKey } = exchange;
  if (!isOneOfItsKind(baseKey)) return MALFORMED;
  return {
    kind: "key-exchange",
    preKeyId,
    signedPreKeyId,
    identityKey: exchange.kind === "key-exchange" ? identityKey : serializeKey(identityKey),
    baseKey,
    counter: message.counter,
  };
}

/**
 * Curve25519 does not read the highest bit, so whoever flips it makes another name for the same
 * exchange, and its repetition would look like a second use of the prekey. Nobody sends one [W-15].
 */
function isOneOfItsKind(key: Uint8Array): boolean {
  return ((key[31] as number) & 0x80) === 0;
}

function readRatchet(version: OmemoVersion, bytes: Uint8Array): KeyHeader | MalformedKeyMessage {
  const message = version === OMEMO_2 ? readOmemoMessage(bytes) : decodeSignalMessage(bytes);
  if (message.kind === "malformed") return MALFORMED;
  return { kind: "ratchet", ratchetKey: message.ratchetKey, counter: message.counter };
}

function readOmemoMessage(bytes: Uint8Array): ReturnType<typeof decodeOmemoMessage> {
  const authenticated = decodeAuthenticatedMessage(bytes);
  return authenticated.kind === "malformed"
    ? authenticated
    : decodeOmemoMessage(authenticated.message);
}
