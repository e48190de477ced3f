import type { DeviceId, OmemoDevice } from "../domain/device.js";
import { parseBareJid } from "../domain/jid.js";
import { LEGACY, OMEMO_2, type OmemoVersion } from "../domain/version.js";
import type { XmlElement } from "../domain/xmlElement.js";
import { fromBase64 } from "./base64.js";
import { readDeviceId } from "./ids.js";
import { DEFAULT_WIRE_LIMITS, type WireLimits } from "./limits.js";
import { isMalformed, type Malformed, malformed } from "./malformed.js";
import { onlyChild, optionalChild } from "./onlyChild.js";
import { childrenOf, elementsOf, type QualifiedElement, qualified, textOf } from "./xml/qualify.js";

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

/** One `<encrypted/>` of a message. */
export type EncryptedElement = EncryptedMessage | MalformedEncrypted;

/** What one element is read by. */
interface Reading {
  readonly version: OmemoVersion;
  readonly own: OmemoDevice;
  readonly limits: WireLimits;
}

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
  const message = qualified(stanza);
  return elementsOf(message)
    .filter((child) => child.name === "encrypted" && isVersion(child.namespace))
    .slice(0, limits.maxEncrypted)
    .map((element) => {
      const version = element.namespace as OmemoVersion;
      return readElement({ version, own, limits }, element);
    });
}

function isVersion(namespace: string): namespace is OmemoVersion {
  return namespace === OMEMO_2 || namespace === LEGACY;
}

function readElement(reading: Reading, element: QualifiedElement): EncryptedElement {
  const { version } = reading;
  const header = onlyChild(element, "header");
  if (isMalformed(header)) return { ...header, version };
  const senderDeviceId = readDeviceId(header.attrs.sid);
  if (senderDeviceId === undefined) return { ...malformed("bad-id"), version };
  const content = readContent(reading, header, optionalChild(element, "payload"));
  return isMalformed(content)
    ? { ...content, version, senderDeviceId }
    : { kind: "encrypted", version, senderDeviceId, ...content };
}

function readContent(
  reading: Reading,
  header: QualifiedElement,
  payloadElement: QualifiedElement | undefined | Malformed,
): Omit<EncryptedMessage, "kind" | "version" | "senderDeviceId"> | Malformed {
  const { version, limits } = reading;
  if (isMalformed(payloadElement)) return payloadElement;
  const hasPayload = payloadElement !== undefined;
  const { candidates, keyCount } = findKeys(reading, header);
  if (keyCount > limits.maxKeys) return malformed("too-many");
  if (candidates.length === 0) return { keys: [], keyCount, hasPayload };
  const keys = readKeys(reading, candidates);
  if (isMalformed(keys)) return keys;
  const payload = payloadElement && readBytes(payloadElement, limits.maxPayloadBytes);
  if (isMalformed(payload)) return payload;
  const iv = version === LEGACY ? readIv(header, hasPayload) : undefined;
  if (isMalformed(iv)) return iv;
  return { keys, keyCount, hasPayload, ...(payload && { payload }), ...(iv && { iv }) };
}

/** In OMEMO 2 keys are grouped by account; in the legacy version nothing tells equal ids apart. */
function findKeys(
  { version, own }: Reading,
  header: QualifiedElement,
): { readonly candidates: readonly QualifiedElement[]; readonly keyCount: number } {
  const candidates: QualifiedElement[] = [];
  let keyCount = 0;
  for (const group of version === LEGACY ? [header] : childrenOf(header, "keys")) {
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
  { version, limits }: Reading,
  candidates: readonly QualifiedElement[],
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
