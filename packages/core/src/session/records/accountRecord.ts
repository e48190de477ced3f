import {
  type DeviceId,
  fingerprintOf,
  type IdentityKey,
  type OmemoFingerprint,
} from "../../domain/device.js";
import type { BareJid } from "../../domain/jid.js";
import type { KeyPair } from "../../ports/backend.js";
import type { StoredRecord } from "../../ports/store.js";
import { fromBase64, toBase64 } from "../../wire/base64.js";
import { neutralCodec, unreadable } from "./neutralRecord.js";

/** Who we are. Written once; a new identity is never made because this could not be read. */
export interface AccountRecord {
  readonly jid: BareJid;
  readonly deviceId: DeviceId;
  readonly identity: KeyPair;
  /** Ms since 1970. */
  readonly createdAt: number;
}

/** What contacts compare [O2-111]. */
export function ownFingerprint({ identity }: Pick<AccountRecord, "identity">): OmemoFingerprint {
  return fingerprintOf(identity.publicKey as IdentityKey);
}

interface Stored {
  readonly jid: BareJid;
  readonly deviceId: DeviceId;
  readonly createdAt: number;
  readonly privateKey: string;
  readonly publicKey: string;
}

const codec = neutralCodec<Stored>(1);

export function encodeAccount(account: AccountRecord): Uint8Array {
  return codec.encode({
    jid: account.jid,
    deviceId: account.deviceId,
    createdAt: account.createdAt,
    privateKey: toBase64(account.identity.privateKey),
    publicKey: toBase64(account.identity.publicKey),
  });
}

/** @throws OmemoError `store-failure` */
export function decodeAccount(record: StoredRecord): AccountRecord {
  const { privateKey, publicKey, ...rest } = codec.decode(record);
  return { ...rest, identity: decodeKeyPair(record, privateKey, publicKey) };
}

/** @throws OmemoError `store-failure` */
export function decodeKeyPair(
  record: StoredRecord,
  privateText: string,
  publicText: string,
): KeyPair {
  const privateKey = fromBase64(privateText);
  const publicKey = fromBase64(publicText);
  if (privateKey?.length !== 32 || publicKey?.length !== 32) {
    throw unreadable(record, "damaged key");
  }
  return { privateKey, publicKey };
}
