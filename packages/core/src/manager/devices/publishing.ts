import { OmemoError } from "../../domain/error.js";
import type { OmemoStore } from "../../ports/store.js";
import { turnedOffKey } from "../../session/records/recordKeys.js";
import { createMailbox } from "../scheduling/mailbox.js";

/**
 * What we publish about this device, one thing after another: reading a list, changing and writing
 * it is one step, so that no edit of ours undoes another [O2-17].
 */
export interface Publishing {
  /** @throws OmemoError `aborted` when OMEMO is turned off by then, in whichever process. */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Takes something back; also while OMEMO is turned off. */
  withdraw<Result>(work: () => Promise<Result>): Promise<Result>;
}

export function createPublishing(store: OmemoStore): Publishing {
  const line = createMailbox();
  return {
    run: (work) =>
      line.run(async () => {
        if (!(await isTurnedOff({ store }))) return work();
        throw new OmemoError("aborted", "OMEMO was turned off: nothing is published");
      }),
    withdraw: line.run,
  };
}

/** From before the first step of `purgeEverything` to the next `initialize`. */
export async function isTurnedOff({ store }: { readonly store: OmemoStore }): Promise<boolean> {
  const [stored] = await store.get([turnedOffKey]);
  return stored !== undefined;
}
