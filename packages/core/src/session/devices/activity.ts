import { LEGACY, type OmemoVersion } from "../../domain/version.js";
import type { OmemoLimits } from "../limits.js";

/**
 * `active`: takes part. `inactive`: no newest list names it [O2-172]. `stale`: listed, and probably
 * abandoned: see {@link StaleReason}.
 */
export type DeviceActivity = "active" | "inactive" | "stale";

/**
 * Why a listed device counts as stale. `unanswered`: so many messages without one of its own that
 * nothing is encrypted for it until it is heard from [O2-173]. `age`: no sign of life for so long
 * [O2-174]; it reads messages all the same.
 */
export type StaleReason = "unanswered" | "age";

/** What is known of a device's life. */
export interface SignsOfLife {
  /** The session that is used next; `undefined`: there is none. */
  readonly session: { readonly version: OmemoVersion; readonly unanswered: number } | undefined;
  /**
   * When it was last heard from, showed its key first or came onto a list, whichever was last, in
   * ms since 1970. `undefined`: nothing of it is known, which is no sign of death.
   */
  readonly lastSignAt: number | undefined;
}

/** The limits as they are now: they may change at run time. */
type StaleLimits = Pick<OmemoLimits, "maxUnanswered" | "maxUnansweredLegacy" | "staleDeviceAge">;

/** From how many unanswered messages on nothing more is encrypted for a device [O2-173]. */
export function mostUnanswered(
  version: OmemoVersion,
  limits: Omit<StaleLimits, "staleDeviceAge">,
): number {
  return version === LEGACY ? limits.maxUnansweredLegacy : limits.maxUnanswered;
}

export function staleReasons(
  { session, lastSignAt }: SignsOfLife,
  limits: StaleLimits,
  now: number,
): readonly StaleReason[] {
  const reasons: StaleReason[] = [];
  if (session !== undefined && session.unanswered >= mostUnanswered(session.version, limits)) {
    reasons.push("unanswered");
  }
  if (lastSignAt !== undefined && now - lastSignAt >= limits.staleDeviceAge) reasons.push("age");
  return reasons;
}

/** The latest of these moments; `undefined` when none is known. */
export function latest(moments: readonly (number | undefined)[]): number | undefined {
  const known = moments.filter((moment) => moment !== undefined && moment > 0) as number[];
  return known.length === 0 ? undefined : Math.max(...known);
}
