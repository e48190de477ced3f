import { bareJid, OmemoError } from "@omemo/core";
import type { ArchiveQuery, ArchiveRange } from "../archive.js";
import { endOf, isPosition, startOf } from "../records/place.js";
import type { Reading } from "./rowsOfDay.js";

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1000;

/** A query that was checked. */
export interface CheckedQuery extends Reading {
  readonly limit: number;
}

/** @throws OmemoError `invalid-input` */
export function readQuery({ limit = DEFAULT_LIMIT, order, ...range }: ArchiveQuery): CheckedQuery {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw new OmemoError("invalid-input", `a page has 1 to ${MAX_LIMIT} entries`);
  }
  return { ...readRange(range), isNewestFirst: order !== "oldest-first", limit };
}

function readRange({ conversation, before, after }: ArchiveRange): Omit<Reading, "isNewestFirst"> {
  const from = after === undefined ? "" : bound(after, endOf);
  const to = before === undefined ? endOf(Infinity) : bound(before, startOf);
  return { conversation: bareJid(conversation), range: { from, to } };
}

/** @throws OmemoError `invalid-input` for what is no position, nor a time. */
function bound(value: number | string, place: (time: number) => string): string {
  if (typeof value === "number" && !Number.isNaN(value)) return place(value);
  if (typeof value === "string" && isPosition(value)) return value;
  throw new OmemoError("invalid-input", "neither a time nor the position of an entry");
}
