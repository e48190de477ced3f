import type { TestRunner } from "../testRunner.js";
import { listingTests } from "./listing.js";
import { readingTests } from "./reading.js";
import { sharingTests } from "./sharing.js";
import type { StoreTest, StoreUnderTest } from "./storeUnderTest.js";
import { writingTests } from "./writing.js";

/**
 * All that a store has to do, as tests; `open` gives an empty store of its own to each. What only
 * the store's author can bring about, such as `kill -9` between two system calls, is not here.
 */
export function storeContract(run: TestRunner, open: () => Promise<StoreUnderTest>): void {
  const test: StoreTest = (name, body) => {
    run.it(name, async () => {
      const subject = await open();
      try {
        await body(subject);
      } finally {
        await subject.store.close();
        await subject.dispose?.();
      }
    });
  };
  run.describe("OmemoStore contract", () => {
    readingTests(test);
    writingTests(test);
    listingTests(test);
    sharingTests(test);
  });
}
