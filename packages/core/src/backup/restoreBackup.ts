import { isOmemoError, OmemoError } from "../domain/error.js";
import type { OmemoStore } from "../ports/store.js";
import { recoveryCodec } from "../session/records/generationRecord.js";
import { accountKey, recoveryKey } from "../session/records/recordKeys.js";
import { type BackupRefused, openContainer, refused } from "./container.js";
import { type BackupContents, readContents } from "./contents.js";
import { type BackupOptions, requirePassphrase } from "./exportBackup.js";

/** A backup that was read. */
export interface BackupOpened extends Omit<BackupContents, "records"> {
  readonly kind: "opened";
}

/**
 * What is in a backup, without restoring it: whose it is, and the sections of the application.
 * @throws OmemoError `invalid-input` for an empty passphrase, `aborted`.
 */
export async function openBackup(
  backup: Uint8Array,
  passphrase: string,
  options: BackupOptions = {},
): Promise<BackupOpened | BackupRefused> {
  const contents = await readBackup(backup, passphrase, options);
  return "kind" in contents ? contents : opened(contents);
}

/**
 * Puts a backup into an empty store. The manager that is started on it keeps identity, device id and
 * trust, publishes new prekeys under ids that were never used, and tells of `state-rolled-back`
 * with the kind `restored`. The installation that the backup comes from must not go on: two with one
 * device id stop each other [O2-148].
 * @throws OmemoError `invalid-input` when the store has an identity already, `store-failure`,
 * `aborted`.
 */
export async function restoreBackup(
  backup: Uint8Array,
  passphrase: string,
  store: OmemoStore,
  options: BackupOptions = {},
): Promise<BackupOpened | BackupRefused> {
  const contents = await readBackup(backup, passphrase, options);
  if ("kind" in contents) return contents;
  const recovery = { kind: "restored", droppedSessions: 0, isSettled: false } as const;
  try {
    await store.commit({
      check: [{ key: accountKey, version: undefined }],
      put: [...contents.records, { key: recoveryKey, value: recoveryCodec.encode(recovery) }],
      delete: [],
    });
  } catch (error) {
    if (!isOmemoError(error) || error.code !== "store-conflict") throw error;
    throw new OmemoError("invalid-input", "this store has an identity already", { cause: error });
  }
  return opened(contents);
}

async function readBackup(
  backup: Uint8Array,
  passphrase: string,
  options: BackupOptions,
): Promise<BackupContents | BackupRefused> {
  requirePassphrase(passphrase);
  const { crypto = globalThis.crypto } = options;
  const plaintext = await openContainer(crypto, backup, passphrase, options);
  return "kind" in plaintext ? plaintext : (readContents(plaintext) ?? refused("malformed"));
}

function opened({ device, exportedAt, sections }: BackupContents): BackupOpened {
  return { kind: "opened", device, exportedAt, sections };
}
