import type { OmemoVersion } from "../domain/version.js";
import type { XmlElement } from "../domain/xmlElement.js";
import { fromBase64, toBase64 } from "./base64.js";
import {
  type BundleLayout,
  bundleLayout,
  type KeyLayout,
  prefixKey,
  stripKeyPrefix,
} from "./bundleLayout.js";
import { checkInput } from "./checkInput.js";
import { readKeyId } from "./ids.js";
import { DEFAULT_WIRE_LIMITS, type WireLimits } from "./limits.js";
import { isMalformed, type Malformed, malformed } from "./malformed.js";
import { onlyChild, optionalChild } from "./onlyChild.js";
import { xml } from "./xml/element.js";
import { childrenOf, type QualifiedElement, qualify, textOf } from "./xml/qualify.js";

/** A public one-time prekey. */
export interface BundlePreKey {
  readonly id: number;
  /** 32 bytes, Curve25519. */
  readonly key: Uint8Array;
}

/** What a device publishes so that others can start a session with it. [O2-34, L-14] */
export interface Bundle {
  /** As published: 32 bytes in Ed25519 form in OMEMO 2; 0x05 and 32 bytes in the legacy version. */
  readonly identityKey: Uint8Array;
  readonly signedPreKeyId: number;
  /** 32 bytes, Curve25519. */
  readonly signedPreKey: Uint8Array;
  /** 64 bytes. Not verified here: a backend does that, before every use. [O2-39f, L-19] */
  readonly signedPreKeySignature: Uint8Array;
  /** Each id once. */
  readonly preKeys: readonly BundlePreKey[];
}

const SIGNATURE_LENGTH = 64;
/** No part of a bundle is longer. */
const MAX_PART_LENGTH = 64;
/** A library of peers keeps the prekey with this id for ever. [O2-39d, W-24] */
const LAST_RESORT_ID = 0xff_ffff;

/**
 * Reads a bundle. Its parts may come in any order, each exactly once [O2-35]. A prekey that cannot be
 * used is left out alone, of a doubled id the first is taken, and `preKeys` ends at the cap. Without
 * any prekey a bundle of OMEMO 2 is refused [O2-44]; one of the legacy version then offers none.
 */
export function readBundle(
  version: OmemoVersion,
  payload: XmlElement,
  limits: Pick<WireLimits, "maxPreKeys"> = DEFAULT_WIRE_LIMITS,
): Bundle | Malformed {
  const layout = bundleLayout(version);
  const root = qualify(payload, "");
  if (root.name !== "bundle" || root.namespace !== version) return malformed("wrong-element");
  const signedPreKey = readKey(layout, layout.signedPreKey, root);
  if (isMalformed(signedPreKey)) return signedPreKey;
  const identityKey = readPart(root, layout.identityKey);
  if (isMalformed(identityKey)) return identityKey;
  if (stripKeyPrefix(layout, identityKey) === undefined) return malformed("bad-key");
  const signedPreKeySignature = readPart(root, layout.signature);
  if (isMalformed(signedPreKeySignature)) return signedPreKeySignature;
  if (signedPreKeySignature.length !== SIGNATURE_LENGTH) return malformed("bad-length");
  const preKeys = readPreKeys(layout, root, limits.maxPreKeys);
  if (isMalformed(preKeys)) return preKeys;
  const { id: signedPreKeyId, key } = signedPreKey;
  return { identityKey, signedPreKeyId, signedPreKey: key, signedPreKeySignature, preKeys };
}

/**
 * The payload to publish. How many prekeys it must offer is for the caller to see to. [O2-37, L-16]
 * @throws OmemoError `invalid-input` when a length is wrong, when an id is one that we must
 * not publish or comes twice, or when there is no prekey. [O2-36, O2-39d, L-20]
 */
export function writeBundle(version: OmemoVersion, bundle: Bundle): XmlElement {
  const layout = bundleLayout(version);
  const { identityKey, signedPreKeySignature, preKeys } = bundle;
  checkInput(stripKeyPrefix(layout, identityKey) !== undefined, "identity key in a wrong form");
  checkInput(signedPreKeySignature.length === SIGNATURE_LENGTH, "signature of a wrong length");
  checkInput(preKeys.length > 0, "a bundle needs prekeys");
  checkInput(
    new Set(preKeys.map(({ id }) => id)).size === preKeys.length,
    "a prekey id comes twice",
  );
  const signedPreKey = { id: bundle.signedPreKeyId, key: bundle.signedPreKey };
  return xml(
    "bundle",
    { xmlns: version },
    writeKey(layout, layout.signedPreKey, signedPreKey),
    xml(layout.signature, {}, toBase64(signedPreKeySignature)),
    xml(layout.identityKey, {}, toBase64(identityKey)),
    xml("prekeys", {}, ...preKeys.map((preKey) => writeKey(layout, layout.preKey, preKey))),
  );
}

function readPreKeys(
  layout: BundleLayout,
  root: QualifiedElement,
  maxPreKeys: number,
): readonly BundlePreKey[] | Malformed {
  const list = optionalChild(root, "prekeys");
  if (isMalformed(list)) return list;
  const elements = list === undefined ? [] : childrenOf(list, layout.preKey.name);
  const preKeys = new Map<number, BundlePreKey>();
  for (const element of elements.slice(0, maxPreKeys)) {
    const preKey = decodeKey(layout, layout.preKey, element);
    if (!isMalformed(preKey) && !preKeys.has(preKey.id)) preKeys.set(preKey.id, preKey);
  }
  if (layout.needsPreKeys && preKeys.size === 0) return malformed("no-prekeys");
  return [...preKeys.values()];
}

function readKey(
  layout: BundleLayout,
  names: KeyLayout,
  root: QualifiedElement,
): BundlePreKey | Malformed {
  const element = onlyChild(root, names.name);
  return isMalformed(element) ? element : decodeKey(layout, names, element);
}

function decodeKey(
  layout: BundleLayout,
  names: KeyLayout,
  element: QualifiedElement,
): BundlePreKey | Malformed {
  const id = readKeyId(element.attrs[names.id]);
  if (id === undefined) return malformed("bad-id");
  const written = decodeText(element);
  if (isMalformed(written)) return written;
  const key = stripKeyPrefix(layout, written);
  return key === undefined ? malformed("bad-key") : { id, key };
}

function readPart(root: QualifiedElement, name: string): Uint8Array | Malformed {
  const element = onlyChild(root, name);
  return isMalformed(element) ? element : decodeText(element);
}

function decodeText(element: QualifiedElement): Uint8Array | Malformed {
  return fromBase64(textOf(element), MAX_PART_LENGTH) ?? malformed("bad-base64");
}

function writeKey(layout: BundleLayout, { name, id }: KeyLayout, preKey: BundlePreKey): XmlElement {
  const isOurs = Number.isInteger(preKey.id) && preKey.id >= 1 && preKey.id <= layout.maxId;
  checkInput(isOurs && preKey.id !== LAST_RESORT_ID, "key id out of range");
  checkInput(preKey.key.length === 32, "prekey of a wrong length");
  return xml(name, { [id]: String(preKey.id) }, toBase64(prefixKey(layout, preKey.key)));
}
