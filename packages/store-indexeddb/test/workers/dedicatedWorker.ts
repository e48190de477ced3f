import { answerTests, type Line } from "./answerTests.js";

answerTests(globalThis as unknown as Line);
