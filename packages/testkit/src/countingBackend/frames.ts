import { concatBytes, fromHex, LEGACY, type OmemoVersion, toHex } from "@omemo/core";
import {
  decodeAuthenticatedMessage,
  decodeKeyExchange,
  decodeOmemoMessage,
  decodePreKeySignalMessage,
  decodeSignalMessage,
  encodeAuthenticatedMessage,
  encodeKeyExchange,
  encodeOmemoMessage,
  encodePreKeySignalMessage,
  encodeSignalMessage,
  type KeyExchange,
  type PreKeySignalMessage,
} from "@omemo/core/wire";
import { digestBytes } from "./digest.js";

/** A ratchet message of either version; keys and MAC are hexadecimal. */
export interface Frame {
  readonly ratchetKey: string;
  readonly counter: number;
  readonly previousCounter: number;
  readonly ciphertext: Uint8Array;
  /** What the MAC covers. */
  readonly authenticated: Uint8Array;
  readonly mac: string;
}

/** A key exchange of either version. */
export type ExchangeFrame = Omit<PreKeySignalMessage, "registrationId">;

type Unsealed = Pick<Frame, "ratchetKey" | "counter" | "previousCounter" | "ciphertext">;

/** Bytes of a MAC. */
const MAC_LENGTH: Readonly<Record<OmemoVersion, number>> = {
  "eu.siacs.conversations.axolotl": 8,
  "urn:xmpp:omemo:2": 16,
};

/** The bytes of a message under a MAC with this key, and the MAC. */
export function writeFrame(
  version: OmemoVersion,
  macKey: string,
  { ratchetKey, ...rest }: Unsealed,
): { readonly bytes: Uint8Array; readonly mac: string } {
  const fields = { ...rest, ratchetKey: bytesOf(ratchetKey) };
  if (version === LEGACY) {
    const bytes = encodeSignalMessage(fields);
    const authenticated = bytes.subarray(0, bytes.length - MAC_LENGTH[version]);
    const mac = macOf(version, macKey, authenticated);
    bytes.set(bytesOf(mac), authenticated.length);
    return { bytes, mac };
  }
  const message = encodeOmemoMessage(fields);
  const mac = macOf(version, macKey, message);
  return { bytes: encodeAuthenticatedMessage({ mac: bytesOf(mac), message }), mac };
}

/** `undefined` for what is no message of the version. */
export function readFrame(version: OmemoVersion, bytes: Uint8Array): Frame | undefined {
  if (version === LEGACY) {
    const signal = decodeSignalMessage(bytes);
    if (signal.kind === "malformed") return undefined;
    return { ...signal, ratchetKey: toHex(signal.ratchetKey), mac: toHex(signal.mac) };
  }
  const outer = decodeAuthenticatedMessage(bytes);
  if (outer.kind === "malformed") return undefined;
  const message = decodeOmemoMessage(outer.message);
  if (message.kind === "malformed") return undefined;
  const { message: authenticated, mac } = outer;
  return { ...message, ratchetKey: toHex(message.ratchetKey), authenticated, mac: toHex(mac) };
}

/** The exchange around a message. */
export function writeExchange(
  version: OmemoVersion,
  registrationId: number,
  exchange: ExchangeFrame,
): Uint8Array {
  if (version === LEGACY) return encodePreKeySignalMessage({ ...exchange, registrationId });
  const { preKeyId = 0 } = exchange;
  return encodeKeyExchange({ ...exchange, preKeyId });
}

/** `undefined` for what is no key exchange of the version, or has no message inside. */
export function readExchange(
  version: OmemoVersion,
  bytes: Uint8Array,
): { readonly exchange: ExchangeFrame; readonly frame: Frame } | undefined {
  const exchange:
    | { readonly kind: "malformed" }
    | ({ readonly kind: string } & (KeyExchange | PreKeySignalMessage)) =
    version === LEGACY ? decodePreKeySignalMessage(bytes) : decodeKeyExchange(bytes);
  if (!("message" in exchange)) return undefined;
  const frame = readFrame(version, exchange.message);
  return frame && { exchange, frame };
}

/** The MAC, cut to the length of the version, in hexadecimal. */
export function macOf(version: OmemoVersion, key: string, authenticated: Uint8Array): string {
  return toHex(digestBytes(key, authenticated).subarray(0, MAC_LENGTH[version]));
}

/** The bytes of a text of hexadecimal digits that we wrote ourselves. */
export function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return fromHex(hex) ?? concatBytes();
}

/** Encrypts, and decrypts: the same stream of bytes makes either of the other. */
export function mask(key: string, content: Uint8Array): Uint8Array {
  const masked = content.slice();
  for (let start = 0; start < masked.length; start += 32) {
    const stream = digestBytes(`${key} ${start}`, concatBytes());
    for (let index = start; index < Math.min(start + 32, masked.length); index += 1) {
      masked[index] = (masked[index] as number) ^ (stream[index - start] as number);
    }
  }
  return masked;
}
