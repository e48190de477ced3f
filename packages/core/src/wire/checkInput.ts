import { OmemoError } from "../domain/error.js";

/** @throws {@link OmemoError} `invalid-input` when what a caller passed is impossible. */
export function checkInput(condition: boolean, message: string): asserts condition {
  if (!condition) throw new OmemoError("invalid-input", message);
}
