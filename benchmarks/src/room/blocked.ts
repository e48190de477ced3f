/** How long nothing else could run. */
export interface Blocked {
  /** The longest time between two turns of the event loop, ms. */
  readonly wall: number;
  /** The most that our thread computed between two turns, ms: what others do does not count. */
  readonly computed: number;
}

/** Watches the event loop from now on. */
export interface BlockedWatch {
  stop(): Blocked;
}

/** Asks for a turn again and again; the longest wait for one is how long a frame would have hung. */
export function watchBlocked(): BlockedWatch {
  let last = now();
  let longest: Blocked = { wall: 0, computed: 0 };
  let isOver = false;
  const look = (): void => {
    const present = now();
    longest = {
      wall: Math.max(longest.wall, present.wall - last.wall),
      computed: Math.max(longest.computed, present.computed - last.computed),
    };
    last = present;
  };
  const turn = (): void => {
    look();
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    stop: () => {
      isOver = true;
      look();
      return longest;
    },
  };
}

function now(): Blocked {
  const { user, system } = process.threadCpuUsage();
  return { wall: performance.now(), computed: (user + system) / 1000 };
}
