import { isOmemoError, type OmemoErrorCode, toHex } from "@omemo/core";

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
  const [is, should] = [written(actual), written(expected)];
  assert(is === should, `${about}: expected ${should}, got ${is}`);
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

/** JSON with byte arrays as hex and `undefined` kept apart from `null`. */
function written(value: unknown): string {
  return (
    JSON.stringify(value, (_name, inner: unknown) => {
      if (inner === undefined) return "(undefined)";
      return inner instanceof Uint8Array ? `bytes ${toHex(inner)}` : inner;
    }) ?? "(undefined)"
  );
}
