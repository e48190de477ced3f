import type { OmemoIdentity, OmemoManager } from "@omemo/core";
import { hear } from "./hearing/hear.js";
import { recognize, shownKeys } from "./hearing/recognize.js";
import { change, type TrustContext } from "./state/change.js";
import { createHerald } from "./telling/herald.js";
import { TRUST_MESSAGES } from "./wire/trustMessage.js";

/** Trust messages of one manager. */
export interface ManagedTrust {
  /** Resolves when nothing is being sent or noted; what cannot be sent now waits. */
  idle(): Promise<void>;
  /** Stops listening and sending. */
  close(): Promise<void>;
}

/** Puts automatic trust and a manager together; `wakers` are called after manual decisions. */
export function manage(
  context: TrustContext,
  manager: OmemoManager,
  wakers: Set<() => void>,
): ManagedTrust {
  const herald = createHerald(context, manager);
  const notes = createNotes(context, manager);
  const stops = [
    manager.takeContent(TRUST_MESSAGES, (message) => hear(context, manager, message)),
    manager.on("identity", ({ identity }) => {
      notes.add(identity);
      herald.retry();
    }),
    manager.on("device-list", () => herald.retry()),
  ];
  wakers.add(herald.wake);
  herald.wake();
  return {
    idle: async () => {
      await notes.idle();
      await herald.idle();
    },
    close: async () => {
      for (const stop of stops) stop();
      wakers.delete(herald.wake);
      await notes.idle();
      await herald.end();
    },
  };
}

/** Keys that devices show, many at once where many devices are met at once. */
function createNotes(
  context: TrustContext,
  manager: Pick<OmemoManager, "getDevicesOf">,
): { add(shown: OmemoIdentity): void; idle(): Promise<void> } {
  let waiting: OmemoIdentity[] = [];
  const note = async (shown: readonly OmemoIdentity[]): Promise<void> => {
    if (shown.length === 0) return;
    await change(context, { edit: (statements) => recognize(shown, statements) });
  };
  const failed = (error: unknown): void => context.tell({ kind: "problem", error });
  // An earlier run may have ended before it was noted; what another policy decided on the same table
  // meanwhile may let somebody speak.
  let last = shownKeys(context.store, manager)
    .then((shown) => change(context, { edit: (statements) => recognize(shown, statements) }))
    .catch(failed);
  return {
    add: (shown) => {
      waiting.push(shown);
      last = last
        .then(() => {
          const all = waiting;
          waiting = [];
          return note(all);
        })
        .catch(failed);
    },
    idle: () => last,
  };
}
