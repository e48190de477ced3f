import { parseRecordName, type RecordKey } from "@omemo/core";

/** One record as a batch leaves it. `name` is the record name of core: the key as JSON text. */
export type Operation = PutOperation | DeleteOperation;

export interface PutOperation {
  readonly kind: "put";
  readonly name: string;
  /** Bytes of the name in UTF-8. */
  readonly nameLength: number;
  readonly key: RecordKey;
  /** The sequence number of the batch that wrote this value. */
  readonly version: number;
  /**
   * The value is `length` bytes of this from `start` on. An array of its own for each of a thousand
   * values would cost more than all that is done with them.
   */
  readonly memory: Uint8Array;
  readonly start: number;
  readonly length: number;
}

export interface DeleteOperation {
  readonly kind: "delete";
  readonly name: string;
  readonly nameLength: number;
}

const PUT = 1;
const DELETE = 2;
/** Kind, version, lengths of name and value. */
const PUT_HEADER_LENGTH = 1 + 6 + 4 + 4;
/** Kind, length of name. */
const DELETE_HEADER_LENGTH = 1 + 4;

/** A put whose whole value is `memory`; its version is not known yet. */
export function putOf(name: string, key: RecordKey, memory: Uint8Array): PutOperation {
  const nameLength = Buffer.byteLength(name);
  return {
    kind: "put",
    name,
    nameLength,
    key,
    version: 0,
    memory,
    start: 0,
    length: memory.length,
  };
}

export function deleteOf(name: string): DeleteOperation {
  return { kind: "delete", name, nameLength: Buffer.byteLength(name) };
}

/** Bytes that the operation takes in an entry. */
export function operationLength(operation: Operation): number {
  return operation.kind === "put"
    ? PUT_HEADER_LENGTH + operation.nameLength + operation.length
    : DELETE_HEADER_LENGTH + operation.nameLength;
}

/** Writes the operation at `offset` and answers where the next one goes. */
export function writeOperation(operation: Operation, target: Buffer, offset: number): number {
  const { name, nameLength } = operation;
  if (operation.kind === "delete") {
    target[offset] = DELETE;
    target.writeUInt32BE(nameLength, offset + 1);
    return offset + DELETE_HEADER_LENGTH + target.write(name, offset + DELETE_HEADER_LENGTH);
  }
  const { memory, start, length } = operation;
  target[offset] = PUT;
  target.writeUIntBE(operation.version, offset + 1, 6);
  target.writeUInt32BE(nameLength, offset + 7);
  target.writeUInt32BE(length, offset + 11);
  target.write(name, offset + PUT_HEADER_LENGTH);
  const isWhole = length === memory.length;
  target.set(
    isWhole ? memory : memory.subarray(start, start + length),
    valueOffset(operation, offset),
  );
  return offset + operationLength(operation);
}

/** Where the value of a put lies that was written at `offset`. */
export function valueOffset({ nameLength }: PutOperation, offset: number): number {
  return offset + PUT_HEADER_LENGTH + nameLength;
}

/** Writes a version over that of a put whose value lies in `target`. */
export function stampVersion(
  target: Buffer,
  { start, nameLength }: PutOperation,
  version: number,
): void {
  target.writeUIntBE(version, start - nameLength - PUT_HEADER_LENGTH + 1, 6);
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
  const memory = new Uint8Array(body.subarray(valueStart, end));
  return { operation: { ...putOf(name, key, memory), version }, end };
}

function readDelete(body: Buffer, offset: number): ReadOperation | undefined {
  const nameStart = offset + DELETE_HEADER_LENGTH;
  if (nameStart > body.length) return undefined;
  const end = nameStart + body.readUInt32BE(offset + 1);
  if (end > body.length) return undefined;
  const name = body.toString("utf8", nameStart, end);
  if (parseRecordName(name) === undefined) return undefined;
  return { operation: deleteOf(name), end };
}
