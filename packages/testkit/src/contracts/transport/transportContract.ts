import type { TestRunner } from "../testRunner.js";
import { archiveTests } from "./archives.js";
import { connectionTests, eventTests } from "./events.js";
import { itemTests } from "./items.js";
import { requestTests } from "./requests.js";
import { roomTests } from "./rooms.js";
import type { TransportTest, TransportUnderTest } from "./transportUnderTest.js";

/**
 * All that a transport has to do, as tests; `open` connects four clients of new accounts for each.
 * Waits for what has to come, never for time: what must not come is proved by what comes after it.
 */
export function transportContract(run: TestRunner, open: () => Promise<TransportUnderTest>): void {
  const test: TransportTest = (name, body) => {
    run.it(name, async () => {
      const subject = await open();
      try {
        await body(subject);
      } finally {
        await subject.dispose?.();
      }
    });
  };
  run.describe("Transport contract", () => {
    itemTests(test);
    eventTests(test);
    connectionTests(test);
    archiveTests(test);
    roomTests(test);
    requestTests(test);
  });
}
