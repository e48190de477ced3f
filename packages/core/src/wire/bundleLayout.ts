import { concatBytes } from "../domain/bytes.js";
import { MAX_ID } from "../domain/device.js";
import { LEGACY, OMEMO_2, type OmemoVersion } from "../domain/version.js";

/** What the parts of a bundle are called in a version, and how it writes public keys. */
export interface BundleLayout {
  readonly identityKey: string;
  readonly signature: string;
  readonly signedPreKey: KeyLayout;
  readonly preKey: KeyLayout;
  /** Bytes in front of every public key. [L-17, W-02] */
  readonly keyPrefix: Uint8Array;
  /** The highest key id that we publish. [O2-36, L-20] */
  readonly maxId: number;
  /** Whether a session without one-time prekey is impossible. [O2-44] */
  readonly needsPreKeys: boolean;
}

/** The name of an element that holds a public key, and of its attribute with the id. */
export interface KeyLayout {
  readonly name: string;
  readonly id: string;
}

const KEY_LENGTH = 32;

const LAYOUTS: Readonly<Record<OmemoVersion, BundleLayout>> = {
  [OMEMO_2]: {
    identityKey: "ik",
    signature: "spks",
    signedPreKey: { name: "spk", id: "id" },
    preKey: { name: "pk", id: "id" },
    keyPrefix: Uint8Array.of(),
    maxId: MAX_ID,
    needsPreKeys: true,
  },
  [LEGACY]: {
    identityKey: "identityKey",
    signature: "signedPreKeySignature",
    signedPreKey: { name: "signedPreKeyPublic", id: "signedPreKeyId" },
    preKey: { name: "preKeyPublic", id: "preKeyId" },
    keyPrefix: Uint8Array.of(0x05),
    maxId: 0xff_fffe,
    needsPreKeys: false,
  },
};

/** The layout that a version prescribes. */
export function bundleLayout(version: OmemoVersion): BundleLayout {
  return LAYOUTS[version];
}

/** A public key of 32 bytes as the version writes it. */
export function prefixKey(layout: BundleLayout, key: Uint8Array): Uint8Array {
  return concatBytes(layout.keyPrefix, key);
}

/** The 32 bytes of a written public key; `undefined` for any other form. [L-17, W-04 … W-06] */
export function stripKeyPrefix(layout: BundleLayout, written: Uint8Array): Uint8Array | undefined {
  const { keyPrefix } = layout;
  if (written.length !== keyPrefix.length + KEY_LENGTH) return undefined;
  const isPrefixed = keyPrefix.every((byte, index) => written[index] === byte);
  return isPrefixed ? written.slice(keyPrefix.length) : undefined;
}
