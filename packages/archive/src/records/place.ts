/** Where in a conversation an entry lies. Days and hours are those of UTC. */
export interface Place {
  /** `2026-11-21` */
  readonly day: string;
  /** `13` */
  readonly hour: string;
  /** Sorts by time, and entries of one millisecond as they arrived. */
  readonly position: string;
}

/** Entries between two positions, both excluded. */
export interface Range {
  readonly from: string;
  readonly to: string;
}

/** The last moment whose year has four digits. */
const LATEST = 253_402_300_799_999;
const DIGITS = String(LATEST).length;
const HOUR = 3_600_000;

/** A moment that has a place, ms since 1970. */
export function placeable(time: number): number {
  return Math.min(Math.max(Math.trunc(time) || 0, 0), LATEST);
}

export function placeOf(time: number, id: string): Place {
  const moment = new Date(time).toISOString();
  return {
    day: moment.slice(0, 10),
    hour: moment.slice(11, 13),
    position: `${timeName(time)}-${id}`,
  };
}

/** Behind everything before `time`, and in front of everything at it. */
export function startOf(time: number): string {
  return timeName(placeable(time));
}

/** Behind everything at `time`. */
export function endOf(time: number): string {
  return `${startOf(time)}.`; // "." orders behind "-"
}

export function isPosition(text: string): boolean {
  return /^\d{15}-/.test(text);
}

/** Time and id of an entry at this position. */
export function readPosition(position: string): { readonly time: number; readonly id: string } {
  return { time: Number(position.slice(0, DIGITS)), id: position.slice(DIGITS + 1) };
}

export function isWithin(position: string, { from, to }: Range): boolean {
  return position > from && position < to;
}

/** Whether an entry within the range may lie in this day, or in this hour of it. */
export function mayHold(range: Range, day: string, hour?: string): boolean {
  const start = Date.parse(`${day}T${hour ?? "00"}:00:00.000Z`);
  const end = start + (hour === undefined ? 24 * HOUR : HOUR) - 1;
  return endOf(end) > range.from && startOf(start) < range.to;
}

function timeName(time: number): string {
  return String(time).padStart(DIGITS, "0");
}
