import type { OmemoVersion } from "../../domain/version.js";
import type { Context } from "../context.js";
import { sleepWithin } from "../scheduling/lifetime.js";

const MINUTE = 60_000;

/**
 * Waits until our bundle may be published again. Every first message uses a prekey up, and whoever
 * sends a flood of them must not make us publish as often (invariant 10).
 */
export function createPublishPace(
  context: Pick<Context, "clock" | "limits" | "lifetime">,
): (version: OmemoVersion) => Promise<void> {
  const { clock, limits, lifetime } = context;
  const published = new Map<OmemoVersion, readonly number[]>();
  return async (version) => {
    const most = Math.max(1, limits.maxBundlesPerMinute);
    const latest = (published.get(version) ?? []).slice(-most);
    const [oldest = 0] = latest;
    const wait = latest.length < most ? 0 : oldest + MINUTE - clock.now();
    if (wait > 0) await sleepWithin(lifetime, clock, wait);
    published.set(version, [...latest, clock.now()]);
  };
}
