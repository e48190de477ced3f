import { serializeKey } from "@omemo/core/wire";
import { differs, firstOf, hex } from "../compare.js";
import type { SubjectChain, SubjectSession } from "../subject.js";
import type { ExpectedChain, ExpectedSkipped, ExpectedState } from "./transcript.js";

/** What differs between a session and the state that a legacy transcript expects, if anything. */
export function checkState(actual: SubjectSession, expected: ExpectedState): string | undefined {
  const { receivers } = expected;
  return firstOf(
    differs("the root key", actual.rootKey, expected.rootKey),
    same("the previous counter", actual.previousCounter, expected.previousCounter),
    checkChain("the sending chain", actual.sending, expected.sender),
    same("the number of receiving chains", actual.receiving.length, receivers.length),
    ...receivers.map((receiver, index) => {
      const chain = actual.receiving[index];
      const name = `receiving chain ${index}`;
      return chain === undefined
        ? `${name} is missing`
        : firstOf(checkChain(name, chain, receiver), checkHeld(name, chain.held, receiver.skipped));
    }),
    same("pending", actual.isPending, expected.pendingPreKey !== null),
    actual.isBuiltFrom(hex(expected.baseKey).subarray(1)) ? undefined : "the base key differs",
  );
}

function checkChain(
  name: string,
  actual: SubjectChain,
  expected: ExpectedChain,
): string | undefined {
  return firstOf(
    differs(`the key of ${name}`, serializeKey(actual.ratchetKey), expected.ratchetPublic),
    same(`the counter of ${name}`, actual.counter, expected.index),
    differs(`the chain key of ${name}`, actual.key, expected.chainKey),
  );
}

function checkHeld(
  name: string,
  held: readonly number[],
  skipped: ExpectedSkipped,
): string | undefined {
  const sorted = [...held].sort((a, b) => a - b);
  if ("count" in skipped) {
    return firstOf(
      same(`the held keys of ${name}`, sorted.length, skipped.count),
      same(`the first held key of ${name}`, sorted[0], skipped.first),
      same(`the last held key of ${name}`, sorted.at(-1), skipped.last),
    );
  }
  const expected = [...skipped].sort((a, b) => a - b);
  return same(`the held keys of ${name}`, sorted.join(), expected.join());
}

function same<Value>(name: string, actual: Value, expected: Value): string | undefined {
  return actual === expected ? undefined : `${name}: ${actual}, not ${expected}`;
}
