import type { RecordKey } from "../../ports/store.js";
import type { ReceiveFailure } from "../../session/received.js";
import {
  failureNewsKey,
  MAX_LISTED,
  type News,
  summaryOf,
} from "../../session/records/newsRecord.js";
import type { Context } from "../context.js";
import { createAllowance } from "../scheduling/createAllowance.js";
import { sleepWithin } from "../scheduling/lifetime.js";
import { createMailbox } from "../scheduling/mailbox.js";
import { newMessageId } from "../toArchive.js";
import type { ToldFailures } from "./toldFailures.js";

/** Tells of failures, but not of each one of a storm. */
export interface FailureWindows {
  /** Resolves when a crash would not lose it any more. */
  add(failure: ReceiveFailure): Promise<void>;
  /** The same for a message that will be read again: nothing is written. */
  addFleeting(failure: ReceiveFailure): void;
}

/** Devices that are told apart at a time; the failures of all others count as of one. */
const MAX_WINDOWS = 100;
const OTHERS = "";

/** What failed since the window was opened. */
interface Window {
  readonly id: string;
  /** Where those that were written lie. */
  readonly keys: readonly RecordKey[];
  readonly isOfMany: boolean;
  readonly count: number;
  readonly failures: readonly ReceiveFailure[];
}

export type FailureContext = Pick<
  Context,
  "clock" | "crypto" | "limits" | "lifetime" | "events" | "store" | "news" | "nextSequence"
>;

/**
 * The first failure of a device is told at once; what fails within `limits.failureWindow` after it
 * becomes one more event at the end, and so on until a window stays empty. Bounded whatever arrives:
 * device ids and senders are the sender's to choose, so of ever new ones a hundred are told apart,
 * and one more in each such period (invariants 10 and 11).
 */
export function createFailureWindows(context: FailureContext, told: ToldFailures): FailureWindows {
  const { clock, limits, lifetime, events, store, news } = context;
  const windows = new Map<string, Window>();
  const mayTellApart = createAllowance(clock, () => {
    return { most: MAX_WINDOWS, period: limits.failureWindow };
  });
  const inLine = createMailbox().run;

  const write = async (key: RecordKey, failure: ReceiveFailure): Promise<void> => {
    const put = news.record(key, { event: "failure", payload: failure });
    if (put.length > 0) await store.commit({ check: [], put, delete: [] });
  };
  const open = (name: string): void => {
    const id = newMessageId(context);
    windows.set(name, { id, keys: [], isOfMany: name === OTHERS, count: 0, failures: [] });
    const over = sleepWithin(lifetime, clock, limits.failureWindow);
    void over.then(() => inLine(async () => end(name)));
  };
  const end = (name: string): void => {
    const window = windows.get(name);
    windows.delete(name);
    if (window === undefined || window.count === 0) return;
    if (!lifetime.isOver) open(name);
    news.tell(window.keys, newsOf(window), told.record);
  };
  const nameFor = (failure: ReceiveFailure): string => {
    const own = nameOf(failure);
    if (windows.has(own) || limits.failureWindow === 0) return own;
    return windows.size < MAX_WINDOWS && mayTellApart() ? own : OTHERS;
  };
  const addOne = async (failure: ReceiveFailure, isFleeting: boolean): Promise<void> => {
    const name = nameFor(failure);
    const window = windows.get(name);
    if (window !== undefined) {
      const count = window.count + 1;
      const key = failureNewsKey(window.id, count);
      const keys = !isFleeting && isWritten(count) ? [key] : [];
      for (const each of keys) await write(each, failure);
      const failures = [...window.failures, failure].slice(-MAX_LISTED);
      windows.set(name, { ...window, keys: [...window.keys, ...keys], count, failures });
      told.add(failure);
      return;
    }
    const key = failureNewsKey(newMessageId(context), 1);
    if (!isFleeting) await write(key, failure);
    if (limits.failureWindow > 0) open(name);
    told.add(failure);
    if (isFleeting) events.notify("failure", failure);
    else news.tell([key], { event: "failure", payload: failure }, told.record);
  };
  return {
    add: (failure) => inLine(() => addOne(failure, false)),
    addFleeting: (failure) => void inLine(() => addOne(failure, true)),
  };
}

/** All that are listed; of more, so many that a crash loses half of the count at most. */
function isWritten(count: number): boolean {
  return count <= MAX_LISTED || Number.isInteger(Math.log2(count));
}

function newsOf({ failures, count, isOfMany }: Window): News {
  const news = summaryOf(failures, count);
  if (!isOfMany || news.event !== "failure" || count === 1) return news;
  return { event: "failure", payload: { ...news.payload, isOfManyDevices: true } };
}

function nameOf({ from, device }: ReceiveFailure): string {
  return `${from} ${device?.deviceId ?? ""}`;
}
