import { answerTests } from "./answerTests.js";

globalThis.addEventListener("connect", (event) => {
  for (const port of (event as MessageEvent).ports) answerTests(port);
});
