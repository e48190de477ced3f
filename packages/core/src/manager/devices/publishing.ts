import { OmemoError } from "../../domain/error.js";
import { createMailbox } from "../mailbox.js";

/**
 * What we publish about this device, one thing after another: reading a list, changing and writing
 * it is one step, so that no edit of ours undoes another [O2-17].
 */
export interface Publishing {
  /** @throws OmemoError `aborted` when OMEMO is turned off by then. */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Takes something back; also while OMEMO is turned off. */
  withdraw<Result>(work: () => Promise<Result>): Promise<Result>;
  turnOff(): void;
  turnOn(): void;
}

export function createPublishing(): Publishing {
  const line = createMailbox();
  let isOff = false;
  return {
    run: (work) =>
      line.run(() => {
        if (isOff) throw new OmemoError("aborted", "OMEMO was turned off: nothing is published");
        return work();
      }),
    withdraw: line.run,
    turnOff: () => {
      isOff = true;
    },
    turnOn: () => {
      isOff = false;
    },
  };
}
