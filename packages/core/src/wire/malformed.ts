/** Why something from the wire could not be read. Closed, so that each can be shown and counted. */
export type MalformedReason =
  | "not-xml"
  | "not-utf8"
  | "wrong-element"
  | "missing-element"
  | "doubled-element"
  | "bad-id"
  | "bad-base64" // or more bytes than allowed
  | "bad-key"
  | "bad-length"
  | "no-prekeys"
  | "too-large"
  | "too-many";

/** What a decoder answers to bytes that it refuses: a value, never an exception. */
export interface Malformed {
  readonly kind: "malformed";
  readonly reason: MalformedReason;
}

/** The answer of a decoder that refuses. */
export function malformed(reason: MalformedReason): Malformed {
  return { kind: "malformed", reason };
}

/** Tells a refusal from what a decoder could read. */
export function isMalformed(value: unknown): value is Malformed {
  return (
    typeof value === "object" && value !== null && "kind" in value && value.kind === "malformed"
  );
}
