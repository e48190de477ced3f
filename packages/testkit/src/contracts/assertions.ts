import { equalBytes, isOmemoError, type OmemoErrorCode, toHex } from "@omemo/core";

/** What a contract throws when it is not kept. */
export class ContractError extends Error {
  override readonly name: string = "ContractError";
}

/** @throws ContractError when it does not hold. */
export function assert(holds: boolean, message: string): asserts holds {
  if (!holds) throw new ContractError(message);
}

/** Compares plain data: numbers, texts, byte arrays, and arrays and records of them. */
export function assertEqual(actual: unknown, expected: unknown, about: string): void {
  if (isEqual(actual, expected)) return;
  throw new ContractError(`${about}: expected ${written(expected)}, got ${written(actual)}`);
}

/** The value, which has to be there. */
export function present<Value>(value: Value | undefined, about: string): Value {
  assert(value !== undefined, `${about} is missing`);
  return value;
}

/** @throws ContractError unless the promise rejects with an `OmemoError` of that code. */
export async function assertRejects(
  promise: Promise<unknown>,
  code: OmemoErrorCode,
  about: string,
): Promise<void> {
  const reason = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert(reason !== undefined, `${about}: expected to fail with ${code}, but it succeeded`);
  assert(isOmemoError(reason), `${about}: expected an OmemoError, got ${String(reason)}`);
  assertEqual(reason.code, code, about);
}

function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    return a instanceof Uint8Array && b instanceof Uint8Array && equalBytes(a, b);
  }
  if (!isRecord(a) || !isRecord(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  const isComplete = names.length === Object.keys(b).length;
  return isComplete && names.every((name) => name in b && isEqual(a[name], b[name]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** JSON with byte arrays as hex and `undefined` kept apart from `null`. */
function written(value: unknown): string {
  return (
    JSON.stringify(value, (_name, inner: unknown) => {
      if (inner === undefined) return "(undefined)";
      return inner instanceof Uint8Array ? `bytes ${toHex(inner)}` : inner;
    }) ?? "(undefined)"
  );
}
