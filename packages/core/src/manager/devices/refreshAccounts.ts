import { isOmemoError } from "../../domain/error.js";
import type { BareJid } from "../../domain/jid.js";
import { requireOnline } from "../connection/requireOnline.js";
import type { Context } from "../context.js";
import { mapBounded } from "../scheduling/mapBounded.js";
import { refreshLists } from "./deviceLists.js";

/** An account whose lists could not be read; what was known of it stays. */
export interface RefreshFailure {
  readonly jid: BareJid;
  readonly error: unknown;
}

/** How far a refresh has come. */
export interface RefreshProgress {
  readonly jid: BareJid;
  readonly done: number;
  readonly total: number;
}

export interface RefreshOptions {
  /** Ends it; what was read until then is kept. */
  readonly signal?: AbortSignal;
  /** Called after each account. */
  readonly onProgress?: (progress: RefreshProgress) => void;
}

/** Fetches the lists of accounts, bounded in parallel. */
export async function refreshAccounts(
  context: Context,
  jids: readonly BareJid[],
  { signal, onProgress }: RefreshOptions,
): Promise<readonly RefreshFailure[]> {
  requireOnline(context);
  const accounts = [...new Set(jids)];
  const failures: RefreshFailure[] = [];
  let done = 0;
  await mapBounded(accounts, context.limits.parallelFetches, async (jid) => {
    try {
      await refreshLists(context, jid, signal);
    } catch (error) {
      if (isOmemoError(error) && error.code !== "transport-failure") throw error;
      failures.push({ jid, error });
    }
    done += 1;
    onProgress?.({ jid, done, total: accounts.length });
  });
  return failures;
}
