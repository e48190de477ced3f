import type { TransportMessage } from "../../ports/transport.js";
import type { Reception } from "../receiving/reception.js";

/** Which page of an archive is wanted; of the own archive without `room`. */
export interface HistoryQuery {
  /** A room that we are in. */
  readonly room?: string;
  /** What was exchanged with this account. */
  readonly with?: string;
  /** Ms since 1970. */
  readonly start?: number;
  /** Ms since 1970. */
  readonly end?: number;
  /** Archive id after which the page begins. */
  readonly after?: string;
  /** Archive id before which the page ends; empty for the newest page. */
  readonly before?: string;
  /** Default: 50. Archives may give less. */
  readonly pageSize?: number;
}

/** A message of an archive, and what it turned out to be. */
export type HistoryItem = Reception & { readonly archived: TransportMessage };

/** A page of an archive, oldest first. */
export interface HistoryPage {
  readonly items: readonly HistoryItem[];
  /** Archive ids where the page begins and ends: for `before` and `after` of the next one. */
  readonly first: string | undefined;
  readonly last: string | undefined;
  /** Nothing follows in the direction of paging. */
  readonly isComplete: boolean;
}
