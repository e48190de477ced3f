import type { Connection } from "./connection.js";
import type { KnownRevisions } from "./knownRevisions.js";

/** The account of a store. */
export interface OpenAccount {
  readonly connection: Connection;
  readonly id: number;
  /** Kept where a check is a statement of its own; `undefined` where it costs no round trip. */
  readonly known: KnownRevisions | undefined;
}
