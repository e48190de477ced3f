/** What has to happen one after another; one that fails keeps nobody behind it. */
export interface Turns {
  /** Whether nobody waits: then whoever comes may go at once. */
  readonly isIdle: boolean;
  take<Value>(task: () => Promise<Value>): Promise<Value>;
}

export function turns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return {
    get isIdle() {
      return waiting === 0;
    },
    take: (task) => {
      waiting += 1;
      const turn = last.then(task).finally(() => {
        waiting -= 1;
      });
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}
