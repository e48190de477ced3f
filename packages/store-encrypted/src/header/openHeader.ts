import { isOmemoError, OmemoError, type OmemoStore, type RecordKey } from "@omemo/core";
import type { Lock } from "../encryptedStoreOptions.js";
import { RECORDS } from "../record/hiddenNames.js";
import { storeFailure } from "../storeFailure.js";
import { decodeHeader, encodeHeader, type Header } from "./header.js";
import { isAllowedCost } from "./passphraseCost.js";
import { type DataKey, unwrapDataKey, wrapDataKey } from "./wrapDataKey.js";

/** Where the header lies in the inner store. */
export const HEADER_KEY: RecordKey = ["sealed-header"];
/** Where `OmemoManager` keeps the identity of an account that is not encrypted. */
const PLAIN_ACCOUNT_KEY: RecordKey = ["account"];

export interface Opener {
  readonly inner: OmemoStore;
  readonly account: string;
  readonly lock: Lock;
  readonly randomBytes: (length: number) => Uint8Array;
}

/** The data key of the store, which is made when the inner store is empty. */
export async function openHeader(opener: Opener): Promise<DataKey> {
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

async function createHeader(opener: Opener): Promise<DataKey> {
  const { inner, account, lock, randomBytes } = opener;
  const dataKey = randomBytes(32);
  const header = await wrapDataKey(lock, account, dataKey, randomBytes);
  try {
    await inner.commit({
      check: [{ key: HEADER_KEY, version: undefined }],
      put: [{ key: HEADER_KEY, value: encodeHeader(header) }],
      delete: [],
    });
    return dataKey;
  } catch (error) {
    if (!isOmemoError(error) || error.code !== "store-conflict") throw error;
    // Another process made the store at the same time; its data key is the one.
    return await openHeader(opener);
  }
}

async function unlock({ account, lock }: Opener, bytes: Uint8Array): Promise<DataKey> {
  const header = decodeHeader(bytes);
  if (header === "newer") {
    throw storeFailure("the encrypted store was written by a newer version of this package");
  }
  if (header === "damaged" || !isUsable(header)) {
    throw storeFailure("the header of the encrypted store is damaged; restore it from a backup");
  }
  const kind = header.terms.cost === undefined ? "key" : "passphrase";
  if (kind !== lock.kind) throw new OmemoError("invalid-input", `this store opens with a ${kind}`);
  const dataKey = await unwrapDataKey(lock, account, header);
  if (dataKey === "wrong-secret") {
    const message = `the ${kind} is wrong, or the header of the encrypted store was changed`;
    throw new OmemoError("invalid-input", message);
  }
  if (dataKey === "other-account") {
    throw storeFailure("the encrypted store belongs to another account");
  }
  return dataKey;
}

/** What a forged header demands must not be paid before anybody can tell that it is forged. */
function isUsable({ terms }: Header): boolean {
  return terms.cost === undefined || isAllowedCost(terms.cost);
}

/** Puts another lock before the same data key: one record is written, whatever the store holds. */
export async function changeLock(opener: Opener, dataKey: DataKey): Promise<void> {
  const { inner, account, lock, randomBytes } = opener;
  const header = await wrapDataKey(lock, account, dataKey, randomBytes);
  const [stored] = await inner.get([HEADER_KEY]);
  if (stored === undefined) throw storeFailure("the header of the encrypted store is missing");
  await inner.commit({
    check: [{ key: HEADER_KEY, version: stored.version }],
    put: [{ key: HEADER_KEY, value: encodeHeader(header) }],
    delete: [],
  });
}
