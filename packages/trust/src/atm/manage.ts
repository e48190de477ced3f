import type { OmemoManager } from "@omemo/core";
import { hear } from "./hearing/hear.js";
import { recognize } from "./hearing/recognize.js";
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
  let noted: Promise<void> = Promise.resolve();
  const note = (happened: Parameters<typeof change>[1]): void => {
    noted = noted
      .then(() => change(context, happened))
      .catch((error: unknown) => context.tell({ kind: "problem", error }));
  };
  const stops = [
    manager.takeContent(TRUST_MESSAGES, (message) => hear(context, manager, message)),
    manager.on("identity", ({ identity }) => {
      note({ edit: (statements) => recognize(identity, statements) });
      herald.retry();
    }),
    manager.on("device-list", () => herald.retry()),
  ];
  wakers.add(herald.wake);
  note({}); // What others decided on the same table meanwhile may let somebody speak.
  herald.wake();
  return {
    idle: async () => {
      await noted;
      await herald.idle();
    },
    close: async () => {
      for (const stop of stops) stop();
      wakers.delete(herald.wake);
      await noted;
      await herald.end();
    },
  };
}
