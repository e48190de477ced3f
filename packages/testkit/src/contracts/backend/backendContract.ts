import type { OmemoBackend } from "@omemo/core";
import type { TestRunner } from "../testRunner.js";
import type { BackendTest } from "./backendTest.js";
import { conversationTests } from "./conversations.js";
import { exchangeTests, refusedExchangeTests } from "./exchanges.js";
import { hostilityTests } from "./hostility.js";
import { keyTests } from "./keys.js";
import { limitTests } from "./limits.js";
import { replacingTests } from "./replacing.js";
import { watchInputs } from "./watchInputs.js";

/**
 * All that a backend has to do, in each version that it speaks, as tests; `make` gives a backend
 * with its default limits. Every byte that goes in is compared before and after. Published vectors
 * are the backend's own affair: not every backend takes its randomness from outside.
 */
export function backendContract(run: TestRunner, make: () => OmemoBackend): void {
  for (const version of make().versions) {
    const test: BackendTest = (name, body) => {
      run.it(name, async () => body(watchInputs(make()), version));
    };
    run.describe(`OmemoBackend contract, ${version}`, () => {
      keyTests(test);
      exchangeTests(test);
      refusedExchangeTests(test);
      conversationTests(test);
      replacingTests(test);
      limitTests(test);
      hostilityTests(test);
    });
  }
}
