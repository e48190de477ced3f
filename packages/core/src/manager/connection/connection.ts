import type { Clock } from "../../ports/surroundings.js";
import type { Lifetime } from "../scheduling/lifetime.js";

/** Whether there is a stream, and waiting for one. */
export interface Connection {
  /** Ms since 1970; what was learned before may have changed unnoticed. */
  readonly since: () => number;
  readonly isReady: () => boolean;
  /** `initialize` came to its end. */
  started(): void;
  stopped(): void;
  /** A new stream: what was known may be outdated. */
  online(): void;
  /** The old stream goes on. */
  resumed(): void;
  offline(): void;
  /** Called once, when the stream breaks; returns the unsubscriber. */
  onLoss(callback: () => void): () => void;
  /** Resolves while started and online, or when the manager's life ends. */
  ready(): Promise<void>;
}

export function createConnection(clock: Clock, isOnline: boolean, lifetime: Lifetime): Connection {
  let online = isOnline;
  let started = false;
  let since = clock.now();
  let waiting: (() => void)[] = [];
  const endangered = new Set<() => void>();
  const lose = (): void => {
    const concerned = [...endangered];
    endangered.clear();
    for (const callback of concerned) callback();
  };
  const wake = (): void => {
    if (!(online && started) && !lifetime.isOver) return;
    const awake = waiting;
    waiting = [];
    for (const resolve of awake) resolve();
  };
  lifetime.onEnd(wake);
  return {
    since: () => since,
    isReady: () => online && started,
    started: () => {
      started = true;
      wake();
    },
    stopped: () => {
      started = false;
    },
    online: () => {
      online = true;
      since = clock.now();
      wake();
    },
    resumed: () => {
      online = true;
      wake();
    },
    offline: () => {
      online = false;
      lose();
    },
    onLoss: (callback) => {
      endangered.add(callback);
      return () => endangered.delete(callback);
    },
    ready: () => {
      if ((online && started) || lifetime.isOver) return Promise.resolve();
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}
