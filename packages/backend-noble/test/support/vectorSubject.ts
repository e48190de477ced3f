import type { VectorSubject } from "@omemo/testkit";
import {
  cryptoFunctions,
  inspectSession,
  type Primitives,
  replayBackend,
} from "../../src/testing.js";

/** What the vectors run against, over one choice of primitives. */
export function subjectOf(primitives: Primitives): VectorSubject {
  return {
    name: primitives.name,
    createBackend: (options) => replayBackend(primitives, options),
    inspect: inspectSession,
    crypto: cryptoFunctions(primitives),
  };
}
