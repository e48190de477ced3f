import { OMEMO_2, type OmemoVersion } from "../domain/version.js";
import type { WebCrypto } from "../ports/surroundings.js";
import { freshKey, openLegacy, sealLegacy } from "./payloadLegacy.js";
import { openOmemo2, sealOmemo2 } from "./payloadOmemo2.js";

/** A payload as it goes into a stanza, and the key material that opens it. */
export interface SealedPayload {
  /**
   * What the ratchet encrypts once per device. OMEMO 2: 48 bytes, key and authentication code
   * [O2-76]; legacy: 32 bytes, key and tag [L-37].
   */
  readonly keyMaterial: Uint8Array;
  /** Ciphertext. */
  readonly payload: Uint8Array;
  /** Legacy only: 12 bytes, of old senders also 16. [L-36, L-60] */
  readonly iv?: Uint8Array;
}

/** What a message without payload takes through the ratchet, and beside it. */
export type EmptyKeyMaterial = Omit<SealedPayload, "payload">;

/** What {@link openPayload} accepts beyond the norm. */
export interface OpenPayloadOptions {
  /**
   * Legacy senders before 2018 left the tag in the payload, where each recipient device can forge
   * content for the others. Off by default. [L-59]
   */
  readonly acceptOutdatedSenders?: boolean;
}

/** The content of a message, or why it stays closed. */
export type OpenedPayload =
  | { readonly kind: "opened"; readonly plaintext: Uint8Array<ArrayBuffer> }
  | {
      readonly kind: "refused";
      /**
       * `malformed`: lengths that no honest sender produces; `payload-refused`: altered, or sealed
       * with another key; `outdated-sender`: see {@link OpenPayloadOptions}.
       */
      readonly reason: "malformed" | "payload-refused" | "outdated-sender";
    };

/** What key material means that came without a payload. */
export type ClassifiedKeyMaterial =
  | { readonly kind: "empty" }
  /** 16 bytes, for another protocol or for nothing. [L-49, L-50] */
  | { readonly kind: "key-transport"; readonly key: Uint8Array }
  /** `payload-missing`: somebody on the way took the payload out. [O2-78] */
  | { readonly kind: "refused"; readonly reason: "malformed" | "payload-missing" };

/**
 * Encrypts the content of a message once, whatever the number of its recipients: a serialised
 * envelope in OMEMO 2, the UTF-8 of the body in the legacy version. [O2-73 … O2-76, L-35 … L-37]
 */
export async function sealPayload(
  crypto: WebCrypto,
  version: OmemoVersion,
  plaintext: Uint8Array,
): Promise<SealedPayload> {
  const bytes = owned(plaintext);
  return version === OMEMO_2 ? sealOmemo2(crypto, bytes) : sealLegacy(crypto, bytes);
}

/** Opens what {@link sealPayload} or a peer sealed. [O2-77, O2-78, L-58 … L-61] */
export async function openPayload(
  crypto: WebCrypto,
  version: OmemoVersion,
  sealed: SealedPayload,
  options: OpenPayloadOptions = {},
): Promise<OpenedPayload> {
  const keyMaterial = owned(sealed.keyMaterial);
  const payload = owned(sealed.payload);
  const iv = sealed.iv && owned(sealed.iv);
  const isOutdatedFine = options.acceptOutdatedSenders ?? false;
  const outcome =
    version === OMEMO_2
      ? await openOmemo2(crypto, keyMaterial, payload)
      : await openLegacy(crypto, keyMaterial, payload, iv, isOutdatedFine);
  return typeof outcome === "string"
    ? { kind: "refused", reason: outcome }
    : { kind: "opened", plaintext: outcome };
}

/**
 * For messages that only move the ratchet: 32 zero bytes in OMEMO 2 [O2-137]; in the legacy version
 * a random key of 16 bytes, with the vector that some clients ask for [L-49, L-50, Q-05].
 */
export function emptyKeyMaterial(version: OmemoVersion, crypto: WebCrypto): EmptyKeyMaterial {
  if (version === OMEMO_2) return { keyMaterial: new Uint8Array(32) };
  const { key, iv } = freshKey(crypto);
  return { keyMaterial: key, iv };
}

/** What a message without payload brought through the ratchet. [O2-78, L-50] */
export function classifyKeyMaterial(
  version: OmemoVersion,
  keyMaterial: Uint8Array,
): ClassifiedKeyMaterial {
  const { length } = keyMaterial;
  if (version === OMEMO_2) {
    if (length === 32 || (length === 48 && isZero(keyMaterial))) return { kind: "empty" };
    return { kind: "refused", reason: length === 48 ? "payload-missing" : "malformed" };
  }
  if (length !== 16 && length !== 32) return { kind: "refused", reason: "malformed" };
  return { kind: "key-transport", key: keyMaterial.slice(0, 16) };
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.reduce((bits, byte) => bits | byte, 0) === 0;
}

/** WebCrypto works on memory of its own: never on a shared or a foreign buffer. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
