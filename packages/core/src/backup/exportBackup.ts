import { OmemoError } from "../domain/error.js";
import type { OmemoStore, RecordPut } from "../ports/store.js";
import type { WebCrypto } from "../ports/surroundings.js";
import { accountKey } from "../session/records/recordKeys.js";
import { DEFAULT_COST, isCost, sealContainer } from "./container.js";
import { KEPT, mayKeep, writeContents } from "./contents.js";
import type { KeyOptions } from "./passphraseKey.js";

/** What all functions of this entry take. */
export interface BackupOptions extends KeyOptions {
  /** Default: `globalThis.crypto`. */
  readonly crypto?: WebCrypto;
}

export interface ExportOptions extends BackupOptions {
  /**
   * Collections of other packages in the same store that are copied as they are. Default: those
   * in which `@omemo/trust` keeps decisions, compared keys, and what it heard and has to tell, and
   * `@omemo/xmpp-client` which conversations are encrypted.
   */
  readonly collections?: readonly string[];
  /** Whatever else the application wants to keep, by names of its own. */
  readonly sections?: Readonly<Record<string, Uint8Array>>;
  /** Exponent of the work a passphrase costs, 14 to 18. Default: 17, which takes 128 MiB. */
  readonly cost?: number;
  /** Ms since 1970, shown when the backup is opened. Default: now. */
  readonly now?: number;
}

/**
 * Without the accounts' compared keys trust would be blind again, and without the marks of the guard
 * a conversation would be open again. The log of trust decisions is the application's.
 */
const BESIDE: readonly string[] = [
  "trust",
  "trust-account",
  "trust-first",
  "trust-said",
  "trust-manual",
  "trust-tell",
  "trust-todo",
  "guard",
  "guard-log",
  "guard-log-end",
];

/**
 * Identity, trust and settings in one file that only the passphrase opens; never a session and
 * never a prekey, so it cannot bring an old ratchet back [O2-148]. The manager may be at work.
 * @throws OmemoError `invalid-input` for an empty passphrase, or a store without identity;
 * `store-failure`, `aborted`.
 */
export async function exportBackup(
  store: OmemoStore,
  passphrase: string,
  options: ExportOptions = {},
): Promise<Uint8Array> {
  const { collections = BESIDE, sections = {}, cost = DEFAULT_COST } = options;
  const { now = Date.now(), crypto = globalThis.crypto } = options;
  requirePassphrase(passphrase);
  const refused = collections.find((collection) => !mayKeep(collection));
  if (refused !== undefined || !isCost(cost)) {
    const what = refused === undefined ? "the cost is 14 to 18" : `no backup holds "${refused}"`;
    throw new OmemoError("invalid-input", what);
  }
  const [account] = await store.get([accountKey]);
  if (account === undefined) {
    throw new OmemoError("invalid-input", "this store has no identity to back up");
  }
  const records: RecordPut[] = [];
  for (const collection of new Set([...KEPT, ...collections])) {
    for await (const { key, value } of store.list([collection])) records.push({ key, value });
  }
  return sealContainer(crypto, writeContents(records, sections, now), passphrase, cost, options);
}

/** @throws OmemoError `invalid-input` */
export function requirePassphrase(passphrase: string): void {
  if (passphrase === "") throw new OmemoError("invalid-input", "a passphrase is needed");
}
