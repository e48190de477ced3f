import { isOmemoError, OmemoError } from "../../domain/error.js";
import type { OmemoVersion } from "../../domain/version.js";
import type { RecordKey } from "../../ports/store.js";
import { type AccountRecord, decodeAccount } from "../../session/records/accountRecord.js";
import { exchangeCodec } from "../../session/records/boundedRecord.js";
import { accountKey, exchangePrefix } from "../../session/records/recordKeys.js";
import type { Context } from "../context.js";
import { announce } from "./announce.js";
import { createAccount } from "./createAccount.js";

/**
 * The stored identity; `undefined` when there is none yet.
 * @throws OmemoError `store-failure` when it cannot be read or belongs to another account: never
 * is that taken for "none yet" (invariant 5).
 */
export async function loadAccount(context: Context): Promise<AccountRecord | undefined> {
  const [stored] = await context.store.get([accountKey]);
  return stored && decodeAccount(stored);
}

/** Refuses a store that was made for somebody else. */
export function requireOwnStore(context: Context, account: AccountRecord): void {
  if (account.jid !== context.transport.account) {
    throw new OmemoError("store-failure", "this store belongs to another account");
  }
}

/** Finds or makes the identity; of two processes that make one, the second takes the first's. */
export async function findOrCreateAccount(context: Context): Promise<AccountRecord> {
  const jid = context.transport.account;
  try {
    return (await loadAccount(context)) ?? (await createAccount(context, jid));
  } catch (error) {
    const isLost = isOmemoError(error) && error.code === "store-conflict";
    const account = isLost ? await loadAccount(context) : undefined;
    if (account === undefined) throw error;
    return account;
  }
}

export interface Announced {
  readonly versions: readonly OmemoVersion[];
  /** When the first signed prekey is due, ms since 1970. */
  readonly rotateAt: number;
}

/**
 * Announces every version it can: a server that cannot host one of them does not keep us from the
 * other. @throws the first error when none could be announced.
 */
export async function announceAll(context: Context, signal?: AbortSignal): Promise<Announced> {
  const versions: OmemoVersion[] = [];
  const errors: unknown[] = [];
  let rotateAt = Number.POSITIVE_INFINITY;
  for (const version of context.options.versions) {
    try {
      const keys = await announce(context, version, signal);
      rotateAt = Math.min(rotateAt, keys.rotateAt);
      versions.push(version);
    } catch (error) {
      if (isOmemoError(error) && error.code !== "transport-failure") throw error;
      errors.push(error);
    }
  }
  if (versions.length === 0) throw errors[0];
  for (const error of errors) {
    context.events.notify("problem", { what: "announce", error, willRetry: true });
  }
  return { versions, rotateAt };
}

/** Forgets the oldest of the key exchanges that are remembered as used up [O2-134]. */
export async function pruneExchanges(context: Context): Promise<void> {
  const used: { readonly key: RecordKey; readonly usedAt: number }[] = [];
  for await (const record of context.store.list(exchangePrefix)) {
    used.push({ key: record.key, usedAt: exchangeCodec.decode(record).usedAt });
  }
  const excess = used
    .sort((a, b) => b.usedAt - a.usedAt)
    .slice(context.limits.maxRememberedExchanges)
    .map(({ key }) => key);
  if (excess.length > 0) await context.store.commit({ check: [], put: [], delete: excess });
}
