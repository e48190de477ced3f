import type { OmemoStore } from "@omemo/core";
import {
  checkAccount,
  checkLock,
  type EncryptedStoreOptions,
  strongBytes,
} from "./encryptedStoreOptions.js";
import { openHeader } from "./header/openHeader.js";
import type { PassphraseCost } from "./header/passphraseCost.js";
import { LedgerStore } from "./ledger/ledgerStore.js";
import { createPacer } from "./pacer.js";
import { deriveStoreKeys } from "./record/storeKeys.js";
import { SealedStore } from "./sealedStore.js";

/** A store whose records are readable only with its passphrase or key. */
export interface EncryptedStore extends OmemoStore {
  /**
   * From now on the store opens with this passphrase alone, whatever it opened with before. One
   * record is written; stores that are open stay so.
   * @throws OmemoError `invalid-input` for an empty passphrase or a cost out of range,
   * `store-conflict` when another process changed the lock meanwhile.
   */
  changePassphrase(passphrase: string, cost?: Partial<PassphraseCost>): Promise<void>;
  /** The same for a key of 32 bytes. */
  changeKey(key: Uint8Array): Promise<void>;
}

/**
 * Opens the encrypted store that lies in `inner`, and makes it when `inner` is empty. With the
 * default cost a passphrase takes about a second and 64 MiB. `close` closes `inner`; when opening
 * fails, `inner` stays open.
 *
 * @throws OmemoError `invalid-input` for a wrong passphrase or key; `store-failure` when the store
 * belongs to another account, is newer than this code, lacks its header, was rolled back (with
 * `detectRollback`), or `inner` holds an account that is not encrypted.
 */
export async function encryptedStore(
  inner: OmemoStore,
  options: EncryptedStoreOptions,
): Promise<EncryptedStore> {
  const account = checkAccount(options.account);
  const { detectRollback = false, randomBytes = strongBytes } = options;
  const place = { inner, account, randomBytes };
  const content = await openHeader({ ...place, lock: checkLock(options), detectRollback });
  const keys = deriveStoreKeys(content.dataKey, account);
  const pacer = createPacer();
  if (!content.hasLedger) return new SealedStore({ place, content, keys, pacer, records: inner });
  const records = new LedgerStore({ inner, keys, pacer, randomBytes });
  await records.verify();
  return new SealedStore({ place, content, keys, pacer, records });
}
