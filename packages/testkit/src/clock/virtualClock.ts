import { macrotask } from "./macrotask.js";
import { SimulationError } from "./simulationError.js";
import { type Cancel, sleepOn, type Timeline } from "./timeline.js";
import { TimerQueue } from "./timerQueue.js";

/** How far a run may go before it counts as failed. */
export interface RunLimits {
  /** Default: 1,000,000. */
  readonly maxEvents?: number;
  /** Virtual ms. Default: a week. */
  readonly maxMs?: number;
}

/** Time that stands still until `run` moves it, from one event to the next. */
export interface VirtualClock extends Timeline {
  /** How many events have happened. */
  readonly events: number;
  /**
   * Real work is under way, for example in a backend that yields to the event loop: nothing else
   * happens before it was released. Hides from the run how long that work takes.
   */
  hold(): () => void;
  /**
   * Lets events happen until `until` holds, or else until none is left.
   * @throws SimulationError when it never holds, or a limit is reached.
   */
  run(until?: () => boolean, limits?: RunLimits): Promise<void>;
  /** Lets events happen for `ms`, and leaves the time exactly there. */
  runFor(ms: number, limits?: RunLimits): Promise<void>;
  /** Lets events happen until the promise settles, and settles like it. */
  complete<Value>(promise: Promise<Value>, limits?: RunLimits): Promise<Value>;
}

/** Where time begins, and what failures tell. */
export interface VirtualClockOptions {
  /** Ms since 1970. Default: 2026-01-01. */
  readonly start?: number;
  /** Added to the message of every {@link SimulationError}, for example the seed. */
  readonly describe?: () => string;
}

const DEFAULT_START = Date.UTC(2026, 0, 1);
const DEFAULT_MAX_EVENTS = 1_000_000;
const DEFAULT_MAX_MS = 7 * 86_400_000;
/** Turns of the real event loop that held work may take: minutes, not a hang. */
const MAX_HELD_TURNS = 50_000_000;

/** A clock whose runs are the same every time. */
export function virtualClock(options: VirtualClockOptions = {}): VirtualClock {
  const queue = new TimerQueue();
  const turn = macrotask();
  const describe = options.describe ?? (() => "");
  let now = options.start ?? DEFAULT_START;
  let events = 0;
  let held = 0;
  let isRunning = false;

  const fail = (reason: string, options?: ErrorOptions): never => {
    const moment = `virtual time ${new Date(now).toISOString()}, ${events} events`;
    throw new SimulationError(`${reason} (${moment}) ${describe()}`.trim(), options);
  };

  const happen = (action: () => void): void => {
    events += 1;
    try {
      action();
    } catch (cause) {
      fail(`an event failed: ${String(cause)}`, { cause });
    }
  };

  /** Until every promise that can settle without a new event has settled. */
  const settle = async (): Promise<void> => {
    await turn();
    for (let turns = 0; held > 0; turns += 1) {
      if (turns > MAX_HELD_TURNS) fail("held work never ended; does it wait for virtual time?");
      await turn();
    }
  };

  const schedule = (delay: number, action: () => void): Cancel => {
    // Whole ms, as real clocks tell them.
    const timer = queue.add(now + Math.max(0, Math.round(delay)), action);
    return () => {
      timer.isCancelled = true;
    };
  };

  const exclusively = async (body: () => Promise<void>): Promise<void> => {
    if (isRunning) fail("two runs of one virtual clock at the same time");
    isRunning = true;
    try {
      await body();
    } finally {
      isRunning = false;
    }
  };

  /** Events until `isDone`, or until the next one lies after `end`; tells whether it was done. */
  const advance = async (
    isDone: () => boolean,
    end: number,
    limits: RunLimits,
  ): Promise<boolean> => {
    const lastEvent = events + (limits.maxEvents ?? DEFAULT_MAX_EVENTS);
    for (;;) {
      await settle();
      if (isDone()) return true;
      const next = queue.peek();
      if (next === undefined || next.at > end) return false;
      if (events >= lastEvent) fail("the limit of events is reached");
      queue.take();
      now = next.at;
      happen(next.action);
    }
  };

  return {
    get events() {
      return events;
    },
    now: () => now,
    sleep: (ms, signal) => sleepOn(schedule, ms, signal),
    schedule,
    hold: () => {
      held += 1;
      let isHeld = true;
      return () => {
        if (isHeld) held -= 1;
        isHeld = false;
      };
    },
    run: (until, limits = {}) =>
      exclusively(async () => {
        const end = now + (limits.maxMs ?? DEFAULT_MAX_MS);
        const isDone = await advance(until ?? (() => false), end, limits);
        if (isDone) return;
        if (queue.peek() !== undefined) fail("the limit of virtual time is reached");
        if (until !== undefined) fail("nothing is left to happen, and it is not over");
      }),
    runFor: (ms, limits = {}) =>
      exclusively(async () => {
        // Between two whole ms what is scheduled for the same moment would lose its order.
        const end = now + Math.round(ms);
        await advance(() => false, end, limits);
        now = end;
      }),
    complete: async (promise, limits = {}) => {
      let isSettled = false;
      const note = (): void => {
        isSettled = true;
      };
      promise.then(note, note);
      const end = now + (limits.maxMs ?? DEFAULT_MAX_MS);
      await exclusively(async () => {
        if (await advance(() => isSettled, end, limits)) return;
        fail("the promise never settles");
      });
      return promise;
    },
  };
}
