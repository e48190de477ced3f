import { isOmemoError, OmemoError } from "../../domain/error.js";
import type { TransportItem } from "../../ports/transport.js";
import type { PlacedMessage } from "../../session/rooms/place.js";
import type { Context } from "../context.js";
import { sleepWithin } from "../scheduling/lifetime.js";

/** What is done with the things that arrive, in stream order. */
export interface IntakeHandlers {
  message(message: PlacedMessage): Promise<void>;
  item(item: TransportItem): Promise<void>;
  /** There is no room for it. */
  overflow(message: PlacedMessage): void;
}

export interface Intake {
  /** Returns at once; the queue is bounded, because nobody can be told to send more slowly. */
  accept(event: PlacedMessage | TransportItem): void;
  /** Does work in line with what arrives. @throws what the work threw in the end. */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  idle(): Promise<void>;
}

const FIRST_PAUSE = 1000;
const MAX_ATTEMPTS = 6;

/**
 * One thing after another. When the store fails, the message waits and is tried again: it was
 * acknowledged to the server, which will not send it a second time.
 */
export function createIntake(
  context: Context,
  loaded: Promise<unknown>,
  handlers: IntakeHandlers,
): Intake {
  let last: Promise<unknown> = loaded.catch(() => undefined);
  let waiting = 0;

  const handle = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    let pause = FIRST_PAUSE;
    for (let attempts = 1; !context.lifetime.isOver; attempts += 1) {
      try {
        return await work();
      } catch (error) {
        const willRetry = isStoreTrouble(error) && attempts < MAX_ATTEMPTS;
        context.events.notify("problem", { what: "receive", error, willRetry });
        if (!willRetry) throw error;
        await sleepWithin(context.lifetime, context.clock, pause);
        pause *= 2;
      }
    }
    throw new OmemoError("aborted", "the manager is closed");
  };
  const run = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const done = last.then(() => handle(work));
    last = done.catch(() => undefined);
    return done;
  };
  return {
    accept: (event) => {
      const isMessage = event.kind === "message";
      const isOurs = !isMessage && event.owner === context.transport.account;
      if (waiting >= context.limits.maxQueue && !isOurs) {
        // Lists of others are asked for again before they are too old to be used.
        if (isMessage) handlers.overflow(event);
        return;
      }
      waiting += 1;
      const handled = run(() => (isMessage ? handlers.message(event) : handlers.item(event)));
      const done = (): void => {
        waiting -= 1;
      };
      handled.then(done, done); // what went wrong was told
    },
    run,
    idle: async () => {
      await last;
    },
  };
}

function isStoreTrouble(error: unknown): boolean {
  return isOmemoError(error) && (error.code === "store-failure" || error.code === "store-conflict");
}
