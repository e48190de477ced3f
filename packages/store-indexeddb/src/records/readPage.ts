import type { RecordKey, StoredRecord } from "@omemo/core";
import { answerOf } from "../database/answerOf.js";
import { decodeRecord } from "./decodeRecord.js";
import { under } from "./keyOrder.js";

/** Records in memory at once while a collection is listed. */
const PAGE_SIZE = 128;

/** Part of a listing, in the order of the keys. */
export interface Page {
  readonly records: readonly StoredRecord[];
  readonly isLast: boolean;
}

/** The next records whose keys start with `prefix`, after one of them or from the first on. */
export async function readPage(
  records: IDBObjectStore,
  prefix: RecordKey,
  after: RecordKey | undefined,
): Promise<Page> {
  const found = await answerOf(records.getAll(under(prefix, after), PAGE_SIZE));
  return { records: found.map(decodeRecord), isLast: found.length < PAGE_SIZE };
}
