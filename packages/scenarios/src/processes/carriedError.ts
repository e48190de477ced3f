import { isOmemoError, OmemoError } from "@omemo/core";
import type { CarriedError } from "./frames.js";

/** @throws what is no `OmemoError`: that is a defect of this harness. */
export function carryError(error: unknown): CarriedError {
  if (!isOmemoError(error)) throw error;
  const { code, message, condition } = error;
  return { code, message, condition };
}

export function uncarryError({ code, message, condition }: CarriedError): OmemoError {
  return new OmemoError(code, message, condition === undefined ? {} : { condition });
}
