import { describe, it } from "vitest";
import { backendContract, countingBackend } from "../../src/index.js";

describe("countingBackend", () => {
  backendContract({ describe, it }, () => countingBackend());
});
