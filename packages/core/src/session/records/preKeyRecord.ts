import type { KeyPair } from "../../ports/backend.js";
import type { StoredRecord } from "../../ports/store.js";
import { fromBase64, toBase64 } from "../../wire/base64.js";
import { decodeKeyPair } from "./accountRecord.js";
import { type NeutralCodec, neutralCodec, unreadable } from "./neutralRecord.js";

/** A one-time prekey; gone as soon as it was used [O2-126]. */
export interface PreKeyRecord {
  readonly id: number;
  readonly keyPair: KeyPair;
}

/** A signed prekey; the newest is published, the one before stays readable [O2-47]. */
export interface SignedPreKeyRecord extends PreKeyRecord {
  /** 64 bytes. */
  readonly signature: Uint8Array;
  /** Ms since 1970. */
  readonly createdAt: number;
}

/** Ids to give out next; 1 at the beginning, never reused [O2-39e]. */
export interface KeyIdsRecord {
  readonly nextPreKeyId: number;
  readonly nextSignedPreKeyId: number;
}

interface StoredPreKey {
  readonly id: number;
  readonly privateKey: string;
  readonly publicKey: string;
}

interface StoredSignedPreKey extends StoredPreKey {
  readonly signature: string;
  readonly createdAt: number;
}

const preKeyCodec = neutralCodec<StoredPreKey>(1);
const signedPreKeyCodec = neutralCodec<StoredSignedPreKey>(1);

export const keyIdsCodec: NeutralCodec<KeyIdsRecord> = neutralCodec(1);

export function encodePreKey(preKey: PreKeyRecord): Uint8Array {
  return preKeyCodec.encode(storedPreKey(preKey));
}

/** @throws OmemoError `store-failure` */
export function decodePreKey(record: StoredRecord): PreKeyRecord {
  const { id, privateKey, publicKey } = preKeyCodec.decode(record);
  return { id, keyPair: decodeKeyPair(record, privateKey, publicKey) };
}

export function encodeSignedPreKey(preKey: SignedPreKeyRecord): Uint8Array {
  return signedPreKeyCodec.encode({
    ...storedPreKey(preKey),
    signature: toBase64(preKey.signature),
    createdAt: preKey.createdAt,
  });
}

/** @throws OmemoError `store-failure` */
export function decodeSignedPreKey(record: StoredRecord): SignedPreKeyRecord {
  const { id, privateKey, publicKey, signature, createdAt } = signedPreKeyCodec.decode(record);
  const signatureBytes = fromBase64(signature);
  if (signatureBytes?.length !== 64) throw unreadable(record, "damaged signature");
  const keyPair = decodeKeyPair(record, privateKey, publicKey);
  return { id, keyPair, signature: signatureBytes, createdAt };
}

function storedPreKey({ id, keyPair }: PreKeyRecord): StoredPreKey {
  const { privateKey, publicKey } = keyPair;
  return { id, privateKey: toBase64(privateKey), publicKey: toBase64(publicKey) };
}
