import { checkInput } from "./checkInput.js";

/** XEP-0082, but with the zone optional. */
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?$/;
/** The last moment that a year of four digits can name. */
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Ms since 1970 of a stamp, in UTC when it names no zone; `undefined` when it is none. [SCE-04] */
export function readDateTime(stamp: string): number | undefined {
  const match = DATE_TIME.exec(stamp);
  if (match === null) return undefined;
  const time = Date.parse(match[1] === undefined ? `${stamp}Z` : stamp);
  return Number.isNaN(time) ? undefined : time;
}

/**
 * A stamp in UTC. [SCE-04]
 * @throws OmemoError `invalid-input` for what is no time between 1970 and 9999.
 */
export function writeDateTime(time: number): string {
  checkInput(time >= 0 && time <= LATEST, "not a time");
  return new Date(time).toISOString();
}
