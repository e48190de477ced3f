import type { Owner, OwnerState } from "./owner.js";

/** What the lock asks of the system's table of processes. */
export interface Processes {
  /** This process, with a new token. */
  self(): Promise<Owner>;
  stateOf(owner: Owner): Promise<OwnerState>;
}
