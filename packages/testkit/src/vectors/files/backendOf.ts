import type { OmemoBackend } from "@omemo/core";
import type { VectorSubject } from "../subject.js";

/** A backend as applications get it: nothing fixed, nothing injected. */
export function backendOf(subject: VectorSubject): OmemoBackend {
  return subject.createBackend({
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    previousCounter: "count",
    legacyVersionByte: 0x33,
  });
}
