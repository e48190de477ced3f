import type { ArchiveRecord } from "../records/archiveRecord.js";

/** A live message: where it lies in the archive, and when we heard it, ms since 1970. */
export interface LiveMark {
  readonly lastId: string;
  readonly since: number;
  readonly heardAt: number;
}

/** Up to where an archive need not be read again, and what lies behind it but was read live. */
export interface LiveTrail {
  readonly settled: Pick<ArchiveRecord, "lastId" | "since">;
  /** Oldest first. */
  readonly marks: readonly LiveMark[];
}

/** Within this, in ms, messages may come in another order than the archive has them in. */
const OVERLAP = 60_000;
/** So many may lie behind: their ids are stored with each live message. */
const MOST_MARKS = 16;

/** After a live message: what can no longer be overtaken is settled [MAM-08]. */
export function withMark({ settled, marks }: LiveTrail, mark: LiveMark): LiveTrail {
  const all = [...marks, mark];
  const old = all.filter(({ heardAt }) => heardAt <= mark.heardAt - OVERLAP).length;
  const count = Math.max(old, all.length - MOST_MARKS);
  const last = all[count - 1];
  const position = last === undefined ? settled : { lastId: last.lastId, since: last.since };
  return { settled: position, marks: all.slice(count) };
}

/** The trail as it is stored. */
export function recordOf({ settled, marks }: LiveTrail): ArchiveRecord {
  return { ...settled, heard: marks.map(({ lastId }) => lastId) };
}
