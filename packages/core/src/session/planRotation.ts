import type { SignedPreKeyRecord } from "./records/preKeyRecord.js";

export interface RotationPlan {
  /** The newest signed prekey is missing or old: make another [O2-46, L-21]. */
  readonly isDue: boolean;
  /** Signed prekeys that were replaced long enough ago to be forgotten [O2-47]. */
  readonly expired: readonly SignedPreKeyRecord[];
  /** When to look again, ms since 1970. */
  readonly nextAt: number;
}

/** A signed prekey is published for one period, and read for one more. */
export function planRotation(
  keys: readonly SignedPreKeyRecord[],
  now: number,
  period: number,
): RotationPlan {
  const newestFirst = [...keys].sort((a, b) => b.createdAt - a.createdAt || b.id - a.id);
  const newest = newestFirst[0];
  const isDue = newest === undefined || now - newest.createdAt >= period;
  const expired = newestFirst.filter((_, index) => {
    const successor = newestFirst[index - 1];
    return successor !== undefined && now - successor.createdAt >= period;
  });
  return { isDue, expired, nextAt: (isDue ? now : newest.createdAt) + period };
}
