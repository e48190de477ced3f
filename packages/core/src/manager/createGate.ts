/** Lets so many in at a time; the others wait in line. */
export type Gate = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** `most` is asked anew each time. */
export function createGate(most: () => number): Gate {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return async (work) => {
    if (inside >= most()) await new Promise<void>((enter) => waiting.push(enter));
    inside += 1;
    try {
      return await work();
    } finally {
      inside -= 1;
      waiting.shift()?.();
    }
  };
}
