import { expect } from "vitest";
import { isOmemoError } from "../../src/index.js";

/** What a caller's mistake is answered with. */
export const invalidInput: unknown = expect.toSatisfy(
  (error) => isOmemoError(error) && error.code === "invalid-input",
);
