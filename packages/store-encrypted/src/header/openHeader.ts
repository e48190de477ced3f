import {
  isOmemoError,
  OmemoError,
  type OmemoStore,
  type RecordKey,
  type RecordPut,
} from "@omemo/core";
import type { Lock } from "../encryptedStoreOptions.js";
import { EMPTY_LEDGER, LEDGER_KEY, sealLedger } from "../ledger/ledger.js";
import { RECORDS } from "../record/hiddenNames.js";
import { NONCE_LENGTH } from "../record/sealRecord.js";
import { deriveStoreKeys } from "../record/storeKeys.js";
import { storeFailure } from "../storeFailure.js";
import { decodeHeader, encodeHeader, type Header } from "./header.js";
import { isAllowedCost } from "./passphraseCost.js";
import { type LockedContent, unwrapDataKey, wrapDataKey } from "./wrapDataKey.js";

/** Where the header lies in the inner store. */
const HEADER_KEY: RecordKey = ["sealed-header"];
/** Where `OmemoManager` keeps the identity of an account that is not encrypted. */
const PLAIN_ACCOUNT_KEY: RecordKey = ["account"];

/** What stays known while the store is open; the secret that opened it is not part of it. */
export interface Place {
  readonly inner: OmemoStore;
  readonly account: string;
  readonly randomBytes: (length: number) => Uint8Array;
}

export interface Opener extends Place {
  readonly lock: Lock;
  readonly detectRollback: boolean;
}

/** What the lock of the store keeps, which is made when the inner store is empty. */
export async function openHeader(opener: Opener): Promise<LockedContent> {
  const { inner } = opener;
  const [stored, plainAccount] = await inner.get([HEADER_KEY, PLAIN_ACCOUNT_KEY]);
  if (stored !== undefined) return await unlock(opener, stored.value);
  if (plainAccount !== undefined) {
    throw storeFailure("the inner store holds an account that is not encrypted; use another one");
  }
  // To make a new header would be to lose them, and with them the identity.
  for await (const _record of inner.list(RECORDS)) {
    throw storeFailure("the header of the encrypted store is missing; restore it from a backup");
  }
  return await createHeader(opener);
}

async function createHeader(opener: Opener): Promise<LockedContent> {
  const { inner, account, lock, detectRollback, randomBytes } = opener;
  const content = { dataKey: randomBytes(32), hasLedger: detectRollback };
  const header = await wrapDataKey(lock, account, content, randomBytes);
  const ledger = detectRollback ? [newLedger(opener, content.dataKey)] : [];
  try {
    await inner.commit({
      check: [{ key: HEADER_KEY, version: undefined }],
      put: [{ key: HEADER_KEY, value: encodeHeader(header) }, ...ledger],
      delete: [],
    });
    return content;
  } catch (error) {
    if (!isOmemoError(error) || error.code !== "store-conflict") throw error;
    // Another process made the store at the same time; its data key is the one.
    return await openHeader(opener);
  }
}

function newLedger({ account, randomBytes }: Place, dataKey: Uint8Array): RecordPut {
  const keys = deriveStoreKeys(dataKey, account);
  return { key: LEDGER_KEY, value: sealLedger(keys, EMPTY_LEDGER, randomBytes(NONCE_LENGTH)) };
}

async function unlock(opener: Opener, bytes: Uint8Array): Promise<LockedContent> {
  const { account, lock, detectRollback } = opener;
  const header = decodeHeader(bytes);
  if (header === "newer") {
    throw storeFailure("the encrypted store was written by a newer version of this package");
  }
  if (header === "damaged" || !isUsable(header)) {
    throw storeFailure("the header of the encrypted store is damaged; restore it from a backup");
  }
  const kind = header.terms.cost === undefined ? "key" : "passphrase";
  if (kind !== lock.kind) throw new OmemoError("invalid-input", `this store opens with a ${kind}`);
  const content = await unwrapDataKey(lock, account, header);
  if (content === "wrong-secret") {
    const message = `the ${kind} is wrong, or the header of the encrypted store was changed`;
    throw new OmemoError("invalid-input", message);
  }
  if (content === "other-account") {
    throw storeFailure("the encrypted store belongs to another account");
  }
  if (detectRollback && !content.hasLedger) {
    throw new OmemoError("invalid-input", "this store was made without detectRollback");
  }
  return content;
}

/** What a forged header demands must not be paid before anybody can tell that it is forged. */
function isUsable({ terms }: Header): boolean {
  return terms.cost === undefined || isAllowedCost(terms.cost);
}

/** Puts another lock before the same data key: one record is written, whatever the store holds. */
export async function changeLock(
  { inner, account, randomBytes }: Place,
  lock: Lock,
  content: LockedContent,
): Promise<void> {
  const header = await wrapDataKey(lock, account, content, randomBytes);
  const [stored] = await inner.get([HEADER_KEY]);
  if (stored === undefined) throw storeFailure("the header of the encrypted store is missing");
  await inner.commit({
    check: [{ key: HEADER_KEY, version: stored.version }],
    put: [{ key: HEADER_KEY, value: encodeHeader(header) }],
    delete: [],
  });
}
