/** Lets so much work run at a time; the rest waits in line. */
export type ParallelLimit = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** `most` is asked anew each time. */
export function createParallelLimit(most: () => number): ParallelLimit {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running < most()) running += 1;
    else await new Promise<void>((start) => waiting.push(start)); // in the place of what ends
    try {
      return await work();
    } finally {
      const start = waiting.shift();
      if (start === undefined) running -= 1;
      else start();
    }
  };
}
