import { parseRecordName, type RecordKey } from "@omemo/core";

/** One record as a batch leaves it. `name` is the record name of core: the key as JSON text. */
export type Operation = PutOperation | DeleteOperation;

export interface PutOperation {
  readonly kind: "put";
  readonly name: string;
  readonly key: RecordKey;
  /** The sequence number of the batch that wrote this value. */
  readonly version: number;
  readonly value: Uint8Array;
}

export interface DeleteOperation {
  readonly kind: "delete";
  readonly name: string;
}

const PUT = 1;
const DELETE = 2;
/** Kind, version, lengths of name and value. */
const PUT_HEADER_LENGTH = 1 + 6 + 4 + 4;
/** Kind, length of name. */
const DELETE_HEADER_LENGTH = 1 + 4;

/** Bytes that the operation takes in an entry. */
export function operationLength(operation: Operation): number {
  const name = Buffer.byteLength(operation.name);
  return operation.kind === "put"
    ? PUT_HEADER_LENGTH + name + operation.value.length
    : DELETE_HEADER_LENGTH + name;
}

/** Writes the operation at `offset` and answers where the next one goes. */
export function writeOperation(operation: Operation, target: Buffer, offset: number): number {
  const nameLength = Buffer.byteLength(operation.name);
  if (operation.kind === "delete") {
    target.writeUInt8(DELETE, offset);
    target.writeUInt32BE(nameLength, offset + 1);
    return offset + DELETE_HEADER_LENGTH + target.write(operation.name, offset + 5);
  }
  target.writeUInt8(PUT, offset);
  target.writeUIntBE(operation.version, offset + 1, 6);
  target.writeUInt32BE(nameLength, offset + 7);
  target.writeUInt32BE(operation.value.length, offset + 11);
  target.write(operation.name, offset + PUT_HEADER_LENGTH);
  target.set(operation.value, offset + PUT_HEADER_LENGTH + nameLength);
  return offset + PUT_HEADER_LENGTH + nameLength + operation.value.length;
}

/** All operations of a body; `undefined` when it does not consist of whole ones. */
export function readOperations(body: Buffer): readonly Operation[] | undefined {
  const operations: Operation[] = [];
  for (let offset = 0; offset < body.length; ) {
    const read = readOperation(body, offset);
    if (read === undefined) return undefined;
    operations.push(read.operation);
    offset = read.end;
  }
  return operations;
}

interface ReadOperation {
  readonly operation: Operation;
  readonly end: number;
}

function readOperation(body: Buffer, offset: number): ReadOperation | undefined {
  const kind = body[offset];
  if (kind === PUT) return readPut(body, offset);
  return kind === DELETE ? readDelete(body, offset) : undefined;
}

function readPut(body: Buffer, offset: number): ReadOperation | undefined {
  const nameStart = offset + PUT_HEADER_LENGTH;
  if (nameStart > body.length) return undefined;
  const version = body.readUIntBE(offset + 1, 6);
  const valueStart = nameStart + body.readUInt32BE(offset + 7);
  const end = valueStart + body.readUInt32BE(offset + 11);
  if (end > body.length) return undefined;
  const name = body.toString("utf8", nameStart, valueStart);
  const key = parseRecordName(name);
  if (key === undefined) return undefined;
  // A copy of its own, so that one small record never keeps the whole file in memory.
  const value = new Uint8Array(body.subarray(valueStart, end));
  return { operation: { kind: "put", name, key, version, value }, end };
}

function readDelete(body: Buffer, offset: number): ReadOperation | undefined {
  const nameStart = offset + DELETE_HEADER_LENGTH;
  if (nameStart > body.length) return undefined;
  const end = nameStart + body.readUInt32BE(offset + 1);
  if (end > body.length) return undefined;
  const name = body.toString("utf8", nameStart, end);
  if (parseRecordName(name) === undefined) return undefined;
  return { operation: { kind: "delete", name }, end };
}
