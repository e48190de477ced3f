import type { ArchiveRecord } from "../records/archiveRecord.js";

/** A live message, and when we heard it, ms since 1970. */
export interface LiveMark extends ArchiveRecord {
  readonly heardAt: number;
}

/** Within this, in ms, messages may come in another order than the archive has them in. */
const OVERLAP = 60_000;
/** Marks lie at least so far apart, in ms: that bounds how many there are. */
const STEP = 1000;

/** Marks of live messages that may be overtaken yet, oldest first. */
export function withMark(trail: readonly LiveMark[], mark: LiveMark): readonly LiveMark[] {
  const last = trail.at(-1);
  const next = last !== undefined && mark.heardAt - last.heardAt < STEP ? trail : [...trail, mark];
  const settled = next.filter(({ heardAt }) => heardAt <= mark.heardAt - OVERLAP).length;
  return next.slice(Math.max(0, settled - 1));
}

/** Up to where the archive need not be read again; `undefined` while that is not known. */
export function settledMark(trail: readonly LiveMark[], now: number): LiveMark | undefined {
  const [oldest] = trail;
  return oldest !== undefined && oldest.heardAt <= now - OVERLAP ? oldest : undefined;
}
