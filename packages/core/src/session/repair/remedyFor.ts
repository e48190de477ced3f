import { LEGACY, type OmemoVersion } from "../../domain/version.js";
import type { FailureReason } from "../received.js";

/** `start`: a session where there is none; `replace`: one in place of what is there. */
export type Remedy = "start" | "replace";

/** What decides whether a failure may be answered by a session. */
export interface RepairPolicy {
  /** Broken sessions of the legacy version are replaced, not only missing ones started [L-78]. */
  readonly isLegacyRepaired: boolean;
  /** We came back from an older state, and prekeys of the lost one may still be in use [O2-148]. */
  readonly isOurLoss: boolean;
}

/** The session is broken, or the peer has none with us [L-75]. */
const BROKEN: readonly FailureReason[] = [
  "not-authentic",
  "too-many-skipped",
  "no-signed-prekey",
  "not-for-this-device",
];

/**
 * Without a session one is started [O2-129, L-76]; the legacy version wants a new one for an
 * exchange with an unknown prekey [L-68], and so do we when it was us who lost the prekeys. Broken
 * sessions are replaced in the legacy version alone, where clients do so [L-75, L-78]: OMEMO 2
 * forbids it [O2-130].
 */
export function remedyFor(
  version: OmemoVersion,
  reason: FailureReason,
  { isLegacyRepaired, isOurLoss }: RepairPolicy,
): Remedy | undefined {
  if (reason === "no-session") return "start";
  if (version === LEGACY && reason === "no-prekey") return "replace";
  if (isOurLoss && (reason === "no-prekey" || reason === "no-signed-prekey")) return "start";
  return version === LEGACY && isLegacyRepaired && BROKEN.includes(reason) ? "replace" : undefined;
}
