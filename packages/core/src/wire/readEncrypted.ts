import type { DeviceId, OmemoDevice } from "../domain/device.js";
import { parseBareJid } from "../domain/jid.js";
import { LEGACY, OMEMO_2, type OmemoVersion } from "../domain/version.js";
import type { XmlElement } from "../domain/xmlElement.js";
import { fromBase64 } from "./base64.js";
import { readDeviceId } from "./ids.js";
import { DEFAULT_WIRE_LIMITS, type WireLimits } from "./limits.js";
import { isMalformed, type Malformed, malformed } from "./malformed.js";
import { childrenOf, elementsOf, type QualifiedElement, qualify, textOf } from "./xml/qualify.js";

/** Key material that someone encrypted for us. */
export interface ReceivedKey {
  /** Not empty, at most `maxKeyBytes`. */
  readonly bytes: Uint8Array;
  /** What the sender says; the bytes decide. [O2-71, L-56] */
  readonly isKeyExchange: boolean;
}

/** An `<encrypted/>` element that can be worked on. */
export interface EncryptedMessage {
  readonly kind: "encrypted";
  readonly version: OmemoVersion;
  readonly senderDeviceId: DeviceId;
  /**
   * Those for our device alone, to be tried in this order [O2-84, L-52]. Empty when the message is
   * not for us; then nothing of it was decoded.
   */
  readonly keys: readonly ReceivedKey[];
  /** How many devices it is for, ours or not. */
  readonly keyCount: number;
  /** Without payload it is an empty message or a key transport. [O2-137, L-49] */
  readonly hasPayload: boolean;
  /** Ciphertext; absent also when the message is not for us. */
  readonly payload?: Uint8Array;
  /** Legacy version only: 12 or 16 bytes. [L-60] */
  readonly iv?: Uint8Array;
}

/** An `<encrypted/>` element that is refused. */
export interface MalformedEncrypted extends Malformed {
  readonly version: OmemoVersion;
  /** Absent when not even that could be read. */
  readonly senderDeviceId?: DeviceId;
}

export type EncryptedElement = EncryptedMessage | MalformedEncrypted;

const IV_LENGTHS: readonly number[] = [12, 16];
const MAX_IV_LENGTH = 16;

/**
 * Every `<encrypted/>` of both versions in a message, in document order, whatever the layout
 * [O2-178]. Only what is for `own` is decoded. [O2-118, L-52, L-66]
 */
export function readEncrypted(
  stanza: XmlElement | QualifiedElement,
  own: OmemoDevice,
  limits: WireLimits = DEFAULT_WIRE_LIMITS,
): readonly EncryptedElement[] {
  const message = "namespace" in stanza ? stanza : qualify(stanza);
  return elementsOf(message)
    .filter((child) => child.name === "encrypted" && isVersion(child.namespace))
    .slice(0, limits.maxEncrypted)
    .map((element) => readElement(element.namespace as OmemoVersion, element, own, limits));
}

function isVersion(namespace: string): namespace is OmemoVersion {
  return namespace === OMEMO_2 || namespace === LEGACY;
}

function readElement(
  version: OmemoVersion,
  element: QualifiedElement,
  own: OmemoDevice,
  limits: WireLimits,
): EncryptedElement {
  const header = onlyChild(element, "header");
  if (isMalformed(header)) return { version, ...header };
  const senderDeviceId = readDeviceId(header.attrs.sid);
  if (senderDeviceId === undefined) return { version, ...malformed("bad-id") };
  const rest = readRest(version, element, header, own, limits);
  return isMalformed(rest)
    ? { version, senderDeviceId, ...rest }
    : { kind: "encrypted", version, senderDeviceId, ...rest };
}

function readRest(
  version: OmemoVersion,
  element: QualifiedElement,
  header: QualifiedElement,
  own: OmemoDevice,
  limits: WireLimits,
): Omit<EncryptedMessage, "kind" | "version" | "senderDeviceId"> | Malformed {
  const payloads = childrenOf(element, "payload");
  if (payloads.length > 1) return malformed("doubled-element");
  const { candidates, keyCount } = findKeys(version, header, own);
  if (keyCount > limits.maxKeys) return malformed("too-many");
  const hasPayload = payloads.length === 1;
  if (candidates.length === 0) return { keys: [], keyCount, hasPayload };
  const keys = readKeys(version, candidates, limits);
  if (isMalformed(keys)) return keys;
  const payload = payloads[0] && readBytes(payloads[0], limits.maxPayloadBytes);
  if (isMalformed(payload)) return payload;
  const iv = version === LEGACY ? readIv(header, hasPayload) : undefined;
  if (isMalformed(iv)) return iv;
  return { keys, keyCount, hasPayload, ...(payload && { payload }), ...(iv && { iv }) };
}

/** In OMEMO 2 keys are grouped by account; in the legacy version nothing tells equal ids apart. */
function findKeys(
  version: OmemoVersion,
  header: QualifiedElement,
  own: OmemoDevice,
): { readonly candidates: readonly QualifiedElement[]; readonly keyCount: number } {
  const groups = version === LEGACY ? [header] : childrenOf(header, "keys");
  const candidates: QualifiedElement[] = [];
  let keyCount = 0;
  for (const group of groups) {
    const keys = childrenOf(group, "key");
    keyCount += keys.length;
    if (version === OMEMO_2 && !isOwnAccount(group.attrs.jid, own)) continue;
    for (const key of keys) {
      if (readDeviceId(key.attrs.rid) === own.deviceId) candidates.push(key);
    }
  }
  return { candidates, keyCount };
}

function isOwnAccount(jid: string | undefined, own: OmemoDevice): boolean {
  return jid === own.jid || (jid !== undefined && parseBareJid(jid) === own.jid);
}

/** One broken key among several is passed over. [O2-84, L-52] */
function readKeys(
  version: OmemoVersion,
  candidates: readonly QualifiedElement[],
  limits: WireLimits,
): readonly ReceivedKey[] | Malformed {
  const keys: ReceivedKey[] = [];
  for (const candidate of candidates.slice(0, limits.maxOwnKeys)) {
    const bytes = fromBase64(textOf(candidate), limits.maxKeyBytes);
    const mark = candidate.attrs[version === OMEMO_2 ? "kex" : "prekey"]?.trim();
    const isKeyExchange = mark === "true" || mark === "1";
    if (bytes !== undefined && bytes.length > 0) keys.push({ bytes, isKeyExchange });
  }
  return keys.length > 0 ? keys : malformed("bad-base64");
}

/** Without a payload there is nothing that a wrong vector could spoil. [L-60] */
function readIv(header: QualifiedElement, isNeeded: boolean): Uint8Array | undefined | Malformed {
  const element = onlyChild(header, "iv");
  const bytes = isMalformed(element) ? element : readBytes(element, MAX_IV_LENGTH);
  const isUsable = !isMalformed(bytes) && IV_LENGTHS.includes(bytes.length);
  if (isUsable || !isNeeded) return isUsable ? bytes : undefined;
  return isMalformed(bytes) ? bytes : malformed("bad-length");
}

function readBytes(element: QualifiedElement, maxBytes: number): Uint8Array | Malformed {
  return fromBase64(textOf(element), maxBytes) ?? malformed("bad-base64");
}

function onlyChild(parent: QualifiedElement, name: string): QualifiedElement | Malformed {
  const [element, second] = childrenOf(parent, name);
  if (element === undefined) return malformed("missing-element");
  return second === undefined ? element : malformed("doubled-element");
}
