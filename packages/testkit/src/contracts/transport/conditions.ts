import { isOmemoError } from "@omemo/core";
import { assert, assertEqual } from "../assertions.js";

/** RFC 6120 section 8.3.3. */
const CONDITIONS = [
  "bad-request",
  "conflict",
  "feature-not-implemented",
  "forbidden",
  "gone",
  "internal-server-error",
  "item-not-found",
  "jid-malformed",
  "not-acceptable",
  "not-allowed",
  "not-authorized",
  "policy-violation",
  "recipient-unavailable",
  "registration-required",
  "remote-server-not-found",
  "remote-server-timeout",
  "resource-constraint",
  "service-unavailable",
  "subscription-required",
  "unexpected-request",
];

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
