import { storeContract } from "@omemo/testkit";
import { freshStore } from "../freshStore.js";

/** The tests of the contract, by name, for surroundings that have no test framework. */
export function contractTests(): ReadonlyMap<string, () => Promise<void>> {
  const tests = new Map<string, () => Promise<void>>();
  const describe = (_name: string, body: () => void): void => body();
  storeContract({ describe, it: (name, body) => tests.set(name, body) }, freshStore);
  return tests;
}
