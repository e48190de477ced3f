import { isOmemoError } from "../domain/error.js";
import type { TransportItem } from "../ports/transport.js";
import type { PlacedMessage } from "../session/rooms/place.js";
import type { Context } from "./context.js";
import { sleepWithin } from "./lifetime.js";

/** What is done with the things that arrive, in stream order. */
export interface IntakeHandlers {
  message(message: PlacedMessage): Promise<void>;
  item(item: TransportItem): Promise<void>;
}

export interface Intake {
  /** Returns at once. */
  accept(event: PlacedMessage | TransportItem): void;
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

  const handle = async (event: PlacedMessage | TransportItem): Promise<void> => {
    let pause = FIRST_PAUSE;
    for (let attempts = 1; !context.lifetime.isOver; attempts += 1) {
      try {
        await (event.kind === "message" ? handlers.message(event) : handlers.item(event));
        return;
      } catch (error) {
        const willRetry = isStoreTrouble(error) && attempts < MAX_ATTEMPTS;
        context.events.notify("problem", { what: "receive", error, willRetry });
        if (!willRetry) return;
        await sleepWithin(context.lifetime, context.clock, pause);
        pause *= 2;
      }
    }
  };
  return {
    accept: (event) => {
      last = last.then(() => handle(event));
    },
    idle: async () => {
      await last;
    },
  };
}

function isStoreTrouble(error: unknown): boolean {
  return isOmemoError(error) && (error.code === "store-failure" || error.code === "store-conflict");
}
