import { afterAll, describe, it } from "vitest";
import type { Verdict } from "./workers/answerTests.js";
import { contractTests } from "./workers/contractTests.js";

/** The end of the page. */
interface Line {
  onmessage: ((event: MessageEvent<Verdict>) => void) | null;
  postMessage(name: string): void;
}

const dedicated = new Worker(new URL("./workers/dedicatedWorker.ts", import.meta.url), {
  type: "module",
});
const shared = new SharedWorker(new URL("./workers/sharedWorker.ts", import.meta.url), {
  type: "module",
});
afterAll(() => dedicated.terminate());

describe("in a dedicated worker", () => testsIn(dedicated));
describe("in a shared worker", () => testsIn(shared.port));

function testsIn(line: Line): void {
  for (const name of contractTests().keys()) it(name, () => ask(line, name));
}

function ask(line: Line, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    line.onmessage = ({ data: { failure } }) => {
      if (failure === undefined) resolve();
      else reject(new Error(failure));
    };
    line.postMessage(name);
  });
}
