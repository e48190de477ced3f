import type { TrustDialog } from "@omemo/trust";
import type { Emit } from "../jsonEvent.js";

/** Questions about keys, which whoever drives the program answers by a command. */
export interface Questions {
  /** Tells an `undecided` event, and waits for its answer. */
  readonly ask: TrustDialog;
  /**
   * Ends one question; without a level nothing is decided, and the message is not sent.
   * @throws Error when there is no such question, or it was answered.
   */
  answer(question: number, level: string | undefined): void;
  /** Nobody will answer any more: nothing is decided by those that wait, nor by later ones. */
  dismiss(): void;
}

export function openQuestions(emit: Emit): Questions {
  const open = new Map<number, (level: string | undefined) => void>();
  let isDismissed = false;
  let last = 0;
  return {
    async ask({ identity: { jid, deviceId, fingerprint }, reason, text }) {
      if (isDismissed) return undefined;
      last += 1;
      const question = last;
      const answered = new Promise<string | undefined>((resolve) => open.set(question, resolve));
      const about = { jid, device: deviceId, key: fingerprint };
      await emit({ ev: "undecided", question, ...about, reason, text });
      return await answered;
    },
    answer(question, level) {
      const resolve = open.get(question);
      if (resolve === undefined) throw new Error(`there is no open question ${question}`);
      open.delete(question);
      resolve(level);
    },
    dismiss() {
      isDismissed = true;
      for (const resolve of open.values()) resolve(undefined);
      open.clear();
    },
  };
}
