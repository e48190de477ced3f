import { isOmemoError } from "@omemo/core";
import { STANZA_CONDITIONS } from "@omemo/core/wire";
import { assert, assertEqual } from "../assertions.js";

/** `undefined-condition` names none, and a redirection is not followed. */
const CONDITIONS = STANZA_CONDITIONS.filter((each) => {
  return each !== "redirect" && each !== "undefined-condition";
});

/** @throws ContractError unless it fails with `transport-failure` and a stanza condition. */
export async function assertCondition(
  promise: Promise<unknown>,
  ...names: string[]
): Promise<void> {
  const reason = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert(isOmemoError(reason), `expected an OmemoError, got ${String(reason)}`);
  assertEqual(reason.code, "transport-failure", "code");
  const expected = names.length === 0 ? CONDITIONS : names;
  const isNamed = expected.includes(reason.condition ?? "none");
  assert(isNamed, `the condition is ${reason.condition}, not one of ${expected.join()}`);
}
