import { OmemoError } from "../../domain/error.js";
import type { BareJid } from "../../domain/jid.js";
import type { PlacedMessage } from "../../session/rooms/place.js";
import type { Context } from "../context.js";

/**
 * Whether messages that arrive are taken. While they are not, they wait in memory, undecrypted and
 * bounded. What finds no room is left in the archive, and so is all that waits when the process
 * dies: the position up to which the archive was read moves with what is taken, so catching up
 * begins in front of all that was not, and what comes twice is silent [MAM-08, O2-132].
 */
export interface Gate {
  readonly isOpen: boolean;
  /** Resolves when a catch-up that has begun came to its end. */
  close(): Promise<void>;
  /** Passes on what waited, in its order, before anything that comes later. */
  open(): void;
  pass(message: PlacedMessage, next: (message: PlacedMessage) => void): void;
  /** Reads an archive now, or when the gate opens. */
  catchUp(room: BareJid | undefined, read: () => Promise<void>): Promise<void>;
}

export function createGate(context: Context): Gate {
  let isOpen = true;
  let waiting: (() => void)[] = [];
  const reading = new Set<Promise<void>>();
  /** Archives that hold more than what waits; `undefined` stands for the own one. */
  const missed = new Set<BareJid | undefined>();
  const overflow = (room: BareJid | undefined): void => {
    context.catchUp.reset(room);
    const willRetry = context.options.catchUp;
    if (missed.size === 0 || !willRetry) {
      const text = "more messages arrived during the pause than may wait: the archive has them";
      const error = new OmemoError("aborted", text);
      context.events.notify("problem", { what: "pause", error, willRetry });
    }
    if (willRetry) missed.add(room);
  };
  return {
    get isOpen() {
      return isOpen;
    },
    close: async () => {
      isOpen = false;
      await Promise.allSettled(reading);
    },
    open: () => {
      isOpen = true;
      const passed = waiting;
      waiting = [];
      for (const pass of passed) pass();
      const archives = [...missed];
      missed.clear();
      context.enqueue(
        archives.map((room) => ({ kind: "catch-up", ...(room !== undefined && { room }) })),
      );
    },
    pass: (message, next) => {
      if (isOpen) next(message);
      else if (waiting.length < context.limits.maxWhilePaused) waiting.push(() => next(message));
      else overflow(message.place?.room);
    },
    catchUp: async (room, read) => {
      if (!isOpen) {
        missed.add(room);
        return;
      }
      const done = read();
      reading.add(done);
      await done.finally(() => reading.delete(done));
    },
  };
}
