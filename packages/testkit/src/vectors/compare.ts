import { fromHex, toHex } from "@omemo/core";

/** The bytes that a vector writes in hex. @throws Error when it is no hex. */
export function hex(text: string): Uint8Array<ArrayBuffer> {
  const bytes = fromHex(text);
  if (bytes === undefined) throw new Error("a value is not hex");
  return bytes;
}

/** `undefined` when the bytes are those that the vector names, else what differs. */
export function differs(
  name: string,
  actual: Uint8Array | undefined,
  expected: string,
): string | undefined {
  const shown = actual === undefined ? "nothing" : toHex(actual);
  return shown === expected ? undefined : `${name} is ${shown}, not ${expected}`;
}

/** The first problem, if any; an empty text is none. */
export function firstOf(...problems: readonly (string | undefined)[]): string | undefined {
  return problems.find((problem) => problem !== undefined && problem !== "");
}
