import { type Batch, batchNames, OmemoError, type RecordVersion, recordName } from "@omemo/core";
import { copyValues } from "../log/copyValues.js";
import { type DeleteOperation, operationLength, type PutOperation } from "../log/operation.js";

/** A batch in terms of the log, with bytes of its own; its sequence number is not known yet. */
export interface Request {
  readonly check: readonly RequestedCheck[];
  readonly put: readonly PutOperation[];
  readonly delete: readonly DeleteOperation[];
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
  // A decision and what it writes mostly name the same key, as one object.
  const known = new Map(batch.put.map(({ key }, index) => [key, names.put[index]]));
  const values = copyValues(batch.put.map(({ value }) => value));
  const request: Request = {
    check: batch.check.map(({ key, version }) => ({
      name: known.get(key) ?? recordName(key),
      version,
    })),
    put: batch.put.map(({ key }, index) => ({
      kind: "put",
      name: names.put[index] as string,
      key: [...key],
      version: 0,
      value: values[index] as Uint8Array,
    })),
    delete: names.delete.map((name) => ({ kind: "delete", name })),
  };
  const operations = [...request.put, ...request.delete];
  if (operations.reduce((sum, operation) => sum + operationLength(operation), 0) > MAX_LENGTH) {
    throw new OmemoError("invalid-input", "a batch must be smaller than a gibibyte");
  }
  return request;
}
