import { contractTests } from "./contractTests.js";

/** What a worker says of a test. */
export interface Verdict {
  readonly name: string;
  /** `undefined` when the test passed. */
  readonly failure: string | undefined;
}

/** The end of a worker, or of a port of a shared one. */
export interface Line {
  onmessage: ((event: MessageEvent<string>) => void) | null;
  postMessage(verdict: Verdict): void;
}

/** Runs the test of the contract whose name is sent, and answers with its verdict. */
export function answerTests(line: Line): void {
  const tests = contractTests();
  line.onmessage = async ({ data: name }) => {
    let failure: string | undefined;
    try {
      const test = tests.get(name);
      if (test === undefined) throw new Error("there is no such test");
      await test();
    } catch (error) {
      failure = String(error);
    }
    line.postMessage({ name, failure });
  };
}
