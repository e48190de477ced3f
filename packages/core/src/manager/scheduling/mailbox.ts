/** Runs the account's plans one at a time, in the order they were asked for. */
export interface Mailbox {
  /** `work` must not use the network, and must not enter the mailbox again. */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Resolves when all that was asked for so far is done. */
  idle(): Promise<void>;
}

export function createMailbox(): Mailbox {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run: (work) => {
      const result = last.then(work);
      last = result.catch(() => undefined);
      return result;
    },
    idle: async () => {
      await last;
    },
  };
}
