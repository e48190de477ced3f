/**
 * The two functions that every test framework has. Contracts are given them, so that they run under
 * vitest, node:test, Mocha, Jest, Bun and Deno alike. There is no way to leave a test out.
 */
export interface TestRunner {
  describe(name: string, body: () => void): void;
  it(name: string, body: () => Promise<void>): void;
}
