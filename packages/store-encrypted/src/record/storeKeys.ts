import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { toUtf8 } from "@omemo/core";

/** What records are named, sealed and summed up with, 32 bytes each; they belong to one account. */
export interface StoreKeys {
  readonly names: Uint8Array;
  readonly values: Uint8Array;
  readonly ledger: Uint8Array;
}

/** RFC 5869, with the account in each label. */
export function deriveStoreKeys(dataKey: Uint8Array, account: string): StoreKeys {
  const derive = (purpose: string): Uint8Array => {
    const label = toUtf8(`@omemo/store-encrypted 1 ${purpose}\0${account}`);
    return hkdf(sha256, dataKey, undefined, label, 32);
  };
  return { names: derive("names"), values: derive("values"), ledger: derive("ledger") };
}
