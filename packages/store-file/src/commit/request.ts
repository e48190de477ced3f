import {
  type Batch,
  batchNames,
  OmemoError,
  type RecordKey,
  type RecordVersion,
  recordName,
} from "@omemo/core";
import { BODY_OFFSET, draftEntry, entryLength } from "../log/entry.js";
import {
  type DeleteOperation,
  deleteOf,
  operationLength,
  type PutOperation,
  putOf,
  valueOffset,
} from "../log/operation.js";

/** A batch in terms of the log, with bytes of its own; its sequence number is not known yet. */
export interface Request {
  readonly check: readonly RequestedCheck[];
  /** Their values lie in the draft. */
  readonly put: readonly PutOperation[];
  readonly delete: readonly DeleteOperation[];
  /** The entry that the batch will be, but for its sequence number and what depends on that. */
  readonly draft: Buffer;
}

interface RequestedCheck {
  readonly name: string;
  readonly version: RecordVersion | undefined;
}

/** What a length field of the log could not hold four times over. */
const MAX_LENGTH = 0x3fff_ffff;

/** @throws {@link OmemoError} `invalid-input` when no log could take the batch. */
export function requestFor(batch: Batch): Request {
  const names = batchNames(batch);
  const put = batch.put.map(({ key, value }, index) => {
    return putOf(names.put[index] as string, [...key], value);
  });
  const doomed = names.delete.map(deleteOf);
  const operations = [...put, ...doomed];
  if (entryLength(operations) > MAX_LENGTH) {
    throw new OmemoError("invalid-input", "a batch must be smaller than a gibibyte");
  }
  const draft = draftEntry(operations);
  return { check: checksOf(batch, names.put), put: placedIn(draft, put), delete: doomed, draft };
}

function checksOf(batch: Batch, putNames: readonly string[]): readonly RequestedCheck[] {
  // A decision and what it writes mostly name the same key, as one object.
  const known = new Map<RecordKey, string | undefined>();
  if (batch.check.length > 0) {
    for (const [index, { key }] of batch.put.entries()) known.set(key, putNames[index]);
  }
  return batch.check.map(({ key, version }) => ({
    name: known.get(key) ?? recordName(key),
    version,
  }));
}

/** The puts, with their values where the draft has them: nothing of the caller's is kept. */
function placedIn(draft: Buffer, puts: readonly PutOperation[]): readonly PutOperation[] {
  // A Buffer's `slice` would be no copy.
  const memory = new Uint8Array(draft.buffer, draft.byteOffset, draft.length);
  let offset = BODY_OFFSET;
  return puts.map((put) => {
    const start = valueOffset(put, offset);
    offset += operationLength(put);
    return { ...put, memory, start };
  });
}
