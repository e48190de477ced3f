import { isOmemoError } from "../../domain/error.js";
import type { BareJid } from "../../domain/jid.js";
import type { RecordPut } from "../../ports/store.js";
import type { ArchivePage, ArchiveQuery, TransportMessage } from "../../ports/transport.js";
import { type LiveTrail, recordOf, withMark } from "../../session/history/liveTrail.js";
import type { ReceivedStanza } from "../../session/received.js";
import { type ArchiveRecord, archiveCodec } from "../../session/records/archiveRecord.js";
import { archiveKey } from "../../session/records/recordKeys.js";
import { retryOnConflict } from "../../store/retryOnConflict.js";
import type { Context } from "../context.js";
import { within } from "../scheduling/within.js";

/** Reads what was missed: what a killed process had in its hands is in the archive. */
export interface CatchUp {
  /**
   * Pages of the own archive or a room's, oldest first, each message through `feed`, until the end
   * [MAM-05]. Ends without another place in the archive when `feed` took nothing and says `false`.
   */
  run(
    room: BareJid | undefined,
    feed: (messages: readonly TransportMessage[]) => Promise<boolean>,
  ): Promise<void>;
  /** A stream ended, or we left the room: messages may be missed from now on. */
  reset(room?: BareJid): void;
  /**
   * Written in the commit of a live message: the next catch-up begins a little before it, because
   * something that lies before it in the archive may be on its way yet, and passes it over [MAM-08].
   */
  position(about: ReceivedStanza): readonly RecordPut[];
}

const PAGE_SIZE = 50;
/** Clocks of client and server may differ by this, ms. */
const CLOCK_MARGIN = 10 * 60_000;
/** What is answered where no archive is kept. */
const NO_ARCHIVE: ReadonlySet<string | undefined> = new Set([
  "service-unavailable",
  "feature-not-implemented",
]);
/** Rooms say more: not for us, or not even that. */
const NO_ROOM_ARCHIVE: ReadonlySet<string | undefined> = new Set([
  ...NO_ARCHIVE,
  "forbidden",
  "not-allowed",
  "item-not-found",
]);

type CatchUpContext = Pick<
  Context,
  "store" | "transport" | "limits" | "lifetime" | "account" | "clock"
>;

export function createCatchUp(context: CatchUpContext): CatchUp {
  /** Of archives that were read to their end. */
  const trails = new Map<BareJid | undefined, LiveTrail>();
  return {
    run: async (room, feed) => {
      let isFirst = true;
      for (let isComplete = false; !isComplete; isFirst = false) {
        const before = await load(context, room);
        const page = await fetchPage(context, room, before, isFirst);
        if (page === undefined) return;
        if (!(await feed(notHeard(page.messages, before)))) return;
        await save(context, room, before, page);
        // An archive that does not move on has no end.
        isComplete = page.isComplete || page.last === undefined || page.last === before.lastId;
      }
      trails.set(room, { settled: await load(context, room), marks: [] });
    },
    reset: (room) => {
      if (room === undefined) trails.clear();
      else trails.delete(room);
    },
    position: ({ origin, archiveId, sentAt, room }) => {
      // Before the archive was read to its end there may be a gap in front of this message.
      const trail = trails.get(room?.jid);
      if (trail === undefined || origin === "archive" || archiveId === undefined) return [];
      if (room !== undefined && sentAt !== undefined) return []; // repeated, from long ago perhaps
      const now = context.clock.now();
      const longer = withMark(trail, { lastId: archiveId, since: sentAt ?? now, heardAt: now });
      trails.set(room?.jid, longer);
      return [{ key: archiveKey(room?.jid), value: archiveCodec.encode(recordOf(longer)) }];
    },
  };
}

async function load(context: CatchUpContext, room: BareJid | undefined): Promise<ArchiveRecord> {
  const [stored] = await context.store.get([archiveKey(room)]);
  // What was sent before this device existed cannot be for it [MAM-10].
  if (stored === undefined) return { lastId: undefined, since: context.account().createdAt };
  return archiveCodec.decode(stored);
}

/**
 * `undefined` where no archive is kept. An id that the archive has dropped is an error on some
 * servers and an empty page on others [MAM-08]: then the time decides where to go on.
 */
async function fetchPage(
  context: CatchUpContext,
  room: BareJid | undefined,
  { lastId, since }: ArchiveRecord,
  isFirst: boolean,
): Promise<ArchivePage | undefined> {
  const archive = room === undefined ? {} : { archive: room };
  const fetch = (query: Omit<ArchiveQuery, "archive" | "pageSize">): Promise<ArchivePage> =>
    within(context, undefined, (signal) => {
      return context.transport.fetchArchive({ ...archive, ...query, pageSize: PAGE_SIZE }, signal);
    });
  const byTime = { start: since - CLOCK_MARGIN };
  try {
    if (lastId === undefined) return await fetch(byTime);
    const page = await fetch({ after: lastId });
    if (!isFirst || page.messages.length > 0 || !page.isComplete) return page;
    return behind(lastId, await fetch(byTime));
  } catch (error) {
    const condition = isOmemoError(error) ? error.condition : undefined;
    if (condition === "item-not-found" && lastId !== undefined) return fetch(byTime);
    const isNone = room === undefined ? NO_ARCHIVE : NO_ROOM_ARCHIVE;
    if (isNone.has(condition)) return undefined;
    throw error;
  }
}

/** The messages after the one with this id; all of them when it is not there. */
function behind(lastId: string, page: ArchivePage): ArchivePage {
  const position = page.messages.findIndex(({ archiveId }) => archiveId === lastId);
  return { ...page, messages: page.messages.slice(position + 1) };
}

/** What came live before was dealt with: its session may be another one by now. */
function notHeard(
  messages: readonly TransportMessage[],
  { heard = [] }: ArchiveRecord,
): readonly TransportMessage[] {
  return messages.filter(({ archiveId }) => archiveId === undefined || !heard.includes(archiveId));
}

/** After the messages of the page were dealt with; a live message may have moved on meanwhile. */
function save(
  context: CatchUpContext,
  room: BareJid | undefined,
  before: ArchiveRecord,
  { last, messages }: ArchivePage,
): Promise<void> {
  if (last === undefined) return Promise.resolve();
  const since = messages.at(-1)?.sentAt ?? before.since;
  const value = archiveCodec.encode({ ...before, lastId: last, since });
  return retryOnConflict(async () => {
    await context.store.commit({ check: [], put: [{ key: archiveKey(room), value }], delete: [] });
  });
}
