import type { TestRunner } from "../../src/index.js";

/** Runs a contract without a framework; gives the names of the tests that failed. */
export async function failuresOf(contract: (run: TestRunner) => void): Promise<readonly string[]> {
  const tests: { readonly name: string; readonly body: () => Promise<void> }[] = [];
  contract({
    describe: (_name, body) => body(),
    it: (name, body) => tests.push({ name, body }),
  });
  const failures: string[] = [];
  for (const { name, body } of tests) await body().catch(() => failures.push(name));
  return failures;
}
