import { concatBytes, LEGACY, type OmemoVersion } from "@omemo/core";
import { type ProtobufField, readProtobuf, withField, writeProtobuf } from "./protobuf.js";

/** What a `<key/>` carries, as far as it can be read without secrets. */
export interface KeyMessage {
  /** Around the ratchet message while the session is new. */
  readonly exchange: KeyExchange | undefined;
  /** Public ratchet key, as written. */
  readonly ratchetKey: Uint8Array;
  readonly counter: number;
  /** The ratchet message with its MAC, without the exchange. */
  readonly inner: Uint8Array;
}

/** What travels around the first messages of a session, under no MAC once the session exists. */
export interface KeyExchange {
  readonly preKeyId: number | undefined;
  readonly signedPreKeyId: number;
  /** As written. */
  readonly baseKey: Uint8Array;
  /** As written. */
  readonly identityKey: Uint8Array;
}

/** Field numbers of both versions [O2-67, W-50]. */
interface Layout {
  /** Bytes before and after the protobuf of a ratchet message and of an exchange. */
  readonly prefix: number;
  readonly mac: number;
  readonly ratchetKey: number;
  readonly counter: number;
  readonly preKeyId: number;
  readonly signedPreKeyId: number;
  readonly baseKey: number;
  readonly identityKey: number;
  readonly message: number;
}

const LAYOUTS: Readonly<Record<OmemoVersion, Layout>> = {
  "eu.siacs.conversations.axolotl": {
    prefix: 1,
    mac: 8,
    ratchetKey: 1,
    counter: 2,
    preKeyId: 1,
    signedPreKeyId: 6,
    baseKey: 2,
    identityKey: 3,
    message: 4,
  },
  "urn:xmpp:omemo:2": {
    prefix: 0,
    mac: 0,
    ratchetKey: 3,
    counter: 1,
    preKeyId: 1,
    signedPreKeyId: 2,
    baseKey: 4,
    identityKey: 3,
    message: 5,
  },
};

/** The number of the field of an OMEMOAuthenticatedMessage that holds the OMEMOMessage. */
const AUTHENTICATED_MESSAGE = 2;

/** Reads a key message; `undefined` when it is malformed. */
export function readKeyMessage(
  version: OmemoVersion,
  bytes: Uint8Array,
  isKeyExchange: boolean,
): KeyMessage | undefined {
  const layout = LAYOUTS[version];
  const outer = isKeyExchange ? readProtobuf(bytes.subarray(layout.prefix)) : undefined;
  const inner = isKeyExchange ? bytesOf(outer, layout.message) : bytes;
  const exchange = outer === undefined ? undefined : readExchange(layout, outer);
  if (inner === undefined || (isKeyExchange && exchange === undefined)) return undefined;
  const header = readProtobuf(ratchetPart(version, inner) ?? new Uint8Array(0));
  const ratchetKey = bytesOf(header, layout.ratchetKey);
  const counter = numberOf(header, layout.counter);
  if (ratchetKey === undefined || counter === undefined) return undefined;
  return { exchange, ratchetKey, counter, inner };
}

/** The ratchet message with another counter; its MAC no longer fits. */
export function forgeCounter(
  version: OmemoVersion,
  ratchetMessage: Uint8Array,
  counter: number,
): Uint8Array {
  const layout = LAYOUTS[version];
  const part = ratchetPart(version, ratchetMessage) ?? new Uint8Array(0);
  const forged = writeProtobuf(withField(readProtobuf(part) ?? [], layout.counter, counter));
  if (version === LEGACY) {
    const mac = ratchetMessage.subarray(ratchetMessage.length - layout.mac);
    return concatBytes(ratchetMessage.subarray(0, layout.prefix), forged, mac);
  }
  const outer = readProtobuf(ratchetMessage) ?? [];
  return writeProtobuf(withField(outer, AUTHENTICATED_MESSAGE, forged));
}

/** A key exchange that names another identity key. */
export function forgeIdentityKey(
  version: OmemoVersion,
  keyExchange: Uint8Array,
  identityKey: Uint8Array,
): Uint8Array {
  const { prefix, identityKey: number } = LAYOUTS[version];
  const fields = readProtobuf(keyExchange.subarray(prefix)) ?? [];
  const forged = writeProtobuf(withField(fields, number, identityKey));
  return concatBytes(keyExchange.subarray(0, prefix), forged);
}

/** A key exchange without its one-time prekey id. */
export function stripPreKeyId(version: OmemoVersion, keyExchange: Uint8Array): Uint8Array {
  const { prefix, preKeyId } = LAYOUTS[version];
  const fields = readProtobuf(keyExchange.subarray(prefix)) ?? [];
  const stripped = writeProtobuf(fields.filter(({ number }) => number !== preKeyId));
  return concatBytes(keyExchange.subarray(0, prefix), stripped);
}

function ratchetPart(version: OmemoVersion, inner: Uint8Array): Uint8Array | undefined {
  const { prefix, mac } = LAYOUTS[version];
  if (version === LEGACY) {
    return inner.length < prefix + mac ? undefined : inner.subarray(prefix, inner.length - mac);
  }
  return bytesOf(readProtobuf(inner), AUTHENTICATED_MESSAGE);
}

function readExchange(layout: Layout, fields: readonly ProtobufField[]): KeyExchange | undefined {
  const signedPreKeyId = numberOf(fields, layout.signedPreKeyId);
  const baseKey = bytesOf(fields, layout.baseKey);
  const identityKey = bytesOf(fields, layout.identityKey);
  if (signedPreKeyId === undefined || baseKey === undefined || identityKey === undefined) {
    return undefined;
  }
  return { preKeyId: numberOf(fields, layout.preKeyId), signedPreKeyId, baseKey, identityKey };
}

function numberOf(
  fields: readonly ProtobufField[] | undefined,
  number: number,
): number | undefined {
  const value = fields?.filter((field) => field.number === number).at(-1)?.value;
  return typeof value === "number" ? value : undefined;
}

function bytesOf(
  fields: readonly ProtobufField[] | undefined,
  number: number,
): Uint8Array | undefined {
  const value = fields?.filter((field) => field.number === number).at(-1)?.value;
  return value instanceof Uint8Array ? value : undefined;
}
