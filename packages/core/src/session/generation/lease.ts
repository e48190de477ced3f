import type { GenerationRecord } from "../records/generationRecord.js";

/** What a session remembers of the leases under which it sent. */
export interface SessionLease {
  /** {@link GenerationRecord.starts} when it sent last, or was received. */
  readonly start: number;
  /** {@link GenerationRecord.current} when it sent last. */
  readonly generation: number;
  /** Messages that it sent in that generation. */
  readonly steps: number;
}

/** Of a session from before there were leases. */
export const NO_LEASE: SessionLease = Object.freeze({ start: 0, generation: 0, steps: 0 });

/**
 * Messages of one session in one generation. A copy of the state that nobody could notice has come
 * no further than this, so skipping as many keys keeps clear of all that it may have used.
 */
export const LEASE_STEPS = 25;

/** After so many starts a session would skip more keys than peers put up with: it is replaced. */
const MAX_STARTS = 30;

const DAY = 24 * 60 * 60_000;

/** What sending is counted under. */
export interface Grant {
  readonly generation: number;
  readonly start: number;
}

export function grantOf({ current, starts }: GenerationRecord): Grant {
  return { generation: current, start: starts };
}

/** No more messages of this session before the mirror has moved on. */
export function isSpent({ generation, steps }: SessionLease, grant: Grant): boolean {
  return generation === grant.generation && steps >= LEASE_STEPS;
}

/** A day bounds the key ids that are given out in one generation, too. */
export function isOutdated({ renewedAt }: GenerationRecord, now: number): boolean {
  return now - renewedAt >= DAY || now < renewedAt;
}

/** Keys that another copy may have used since this state was written: these are skipped. */
export function stepsToSkip({ start }: SessionLease, grant: Grant): number {
  return LEASE_STEPS * Math.max(0, grant.start - start);
}

/** Whether the session is to be replaced; `ahead`: starts that are still to come. */
export function isStale({ start }: SessionLease, grant: Grant, ahead = 0): boolean {
  return grant.start + ahead - start > MAX_STARTS;
}

/** Of a session that a message started: its sending chain is new, and nobody else has it. */
export function newLease({ generation, start }: Grant): SessionLease {
  return { start, generation, steps: 0 };
}

/** After one more message. */
export function nextLease(lease: SessionLease, { generation, start }: Grant): SessionLease {
  const steps = lease.generation === generation ? lease.steps : 0;
  return { start, generation, steps: steps + 1 };
}
