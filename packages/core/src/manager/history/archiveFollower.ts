import { isOmemoError } from "../../domain/error.js";
import type { BareJid } from "../../domain/jid.js";
import type { TransportMessage } from "../../ports/transport.js";
import type { PlacedMessage } from "../../session/rooms/place.js";
import type { Context } from "../context.js";
import type { Reception } from "../receiving/reception.js";
import { createParallelLimit } from "../scheduling/createParallelLimit.js";
import { fromArchive, placeAll } from "./archivedMessages.js";

/** Reads of its own accord what was missed, of the account's archive and of rooms' archives. */
export interface ArchiveFollower {
  /** A new stream: from now on until the archive was read, prekeys are kept. */
  online(): void;
  /** Reads an archive to its end; of a room that we left, nothing. @throws OmemoError */
  catchUp(room: BareJid | undefined): Promise<void>;
  /** A live message could not be taken; it is in the archive [MAM-08]. */
  missed(room: BareJid | undefined): void;
  /**
   * Passes a live message on. What a room repeats from before we came says nothing of its sender, so
   * it waits until the room's archive was read, which does [MAM-03, O2-158].
   */
  pass(message: PlacedMessage, next: (message: PlacedMessage) => void): void;
}

/** A room that we are in. */
interface Followed {
  readonly waiting: (() => void)[];
  /** Its archive was asked, with whatever result. */
  isSettled: boolean;
}

const OWN_ARCHIVE = "archive";

/** `take` decrypts in line with what arrives live. */
export function createArchiveFollower(
  context: Context,
  take: (message: PlacedMessage) => Promise<Reception>,
): ArchiveFollower {
  const { catchUpMode: mode, rooms } = context;
  const atOnce = createParallelLimit(() => context.limits.parallelFetches);
  const followed = new Map<BareJid, Followed>();
  const follow = (room: BareJid): Followed => {
    const known = followed.get(room) ?? { waiting: [], isSettled: false };
    followed.set(room, known);
    return known;
  };
  const release = (room: BareJid): void => {
    const entry = followed.get(room);
    if (entry === undefined) return;
    entry.isSettled = true;
    for (const pass of entry.waiting.splice(0)) pass();
  };
  const enter = (room: BareJid): void => {
    if (!context.options.catchUp || mode.isReading(room)) return;
    const { isSettled } = follow(room);
    if (isSettled) return;
    mode.begin(room);
    context.enqueue([{ kind: "catch-up", room }]);
  };
  const leave = (room: BareJid): void => {
    release(room);
    followed.delete(room);
    context.catchUp.reset(room);
    mode.end(room).catch((error: unknown) => {
      context.events.notify("problem", { what: "catch-up", error, willRetry: false });
    });
  };
  context.events.on("room", ({ room, info }) => {
    if (info === undefined) leave(room);
    else enter(room);
  });
  const feed = async (
    room: BareJid | undefined,
    messages: readonly TransportMessage[],
  ): Promise<boolean> => {
    // We left while the page was on its way: nobody vouches for its senders until we come back.
    if (room !== undefined && rooms.info(room) === undefined) return false;
    const placed = await placeAll(context, room, fromArchive(context, room, messages));
    const taken = await Promise.allSettled(placed.map((message) => take(message)));
    // What could not be stored is read again; what fails otherwise would fail again.
    for (const each of taken) {
      if (each.status === "rejected" && isOmemoError(each.reason)) throw each.reason;
    }
    return true;
  };
  const read = async (room: BareJid | undefined, reader: string): Promise<void> => {
    try {
      // Who said what in a room is believed by what the room is; until that is known, nobody.
      if (room !== undefined) await rooms.identify(room);
      await context.catchUp.run(room, (messages) => feed(room, messages));
    } catch (error) {
      // An archive that refuses may do so for long; one that was not reached will be.
      if (isOmemoError(error) && error.condition !== undefined) await mode.end(reader);
      throw error;
    }
    await mode.end(reader);
  };
  return {
    online: () => {
      if (context.options.catchUp) mode.begin(OWN_ARCHIVE);
    },
    catchUp: async (room) => {
      if (room !== undefined && rooms.info(room) === undefined) return;
      const reader = room ?? OWN_ARCHIVE;
      mode.begin(reader);
      await atOnce(() => read(room, reader)).finally(() => room !== undefined && release(room));
    },
    missed: (room) => {
      context.catchUp.reset(room);
      if (context.options.catchUp) context.enqueue([{ kind: "catch-up", ...(room && { room }) }]);
    },
    pass: (message, next) => {
      const { place, sentAt } = message;
      const isRepeated = place !== undefined && !place.isPrivate && sentAt !== undefined;
      if (!isRepeated || !context.options.catchUp) return next(message);
      const { isSettled, waiting } = follow(place.room);
      if (isSettled || waiting.length >= context.limits.maxWaitingInRoom) next(message);
      else waiting.push(() => next(message));
    },
  };
}
