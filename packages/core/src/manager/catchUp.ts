import { isOmemoError } from "../domain/error.js";
import type { RecordPut } from "../ports/store.js";
import type { ArchivePage, TransportMessage } from "../ports/transport.js";
import type { ReceivedStanza } from "../session/received.js";
import { type ArchiveRecord, archiveCodec } from "../session/records/archiveRecord.js";
import { archiveKey } from "../session/records/recordKeys.js";
import type { Context } from "./context.js";
import { retryOnConflict } from "./mailbox.js";
import { within } from "./within.js";

/** Reads what was missed: what a killed process had in its hands is in the account's archive. */
export interface CatchUp {
  /** Pages of the archive, oldest first, each message through `feed`, until the end [MAM-05]. */
  run(feed: (messages: readonly TransportMessage[]) => Promise<void>): Promise<void>;
  /** A stream ended: messages may be missed from now on. */
  reset(): void;
  /** Written in the commit of a live message, so that the next catch-up begins behind it [MAM-08]. */
  position(about: ReceivedStanza): readonly RecordPut[];
}

const PAGE_SIZE = 50;
/** Clocks of client and server may differ by this, ms. */
const CLOCK_MARGIN = 10 * 60_000;
/** What a server answers that keeps no archive. */
const NO_ARCHIVE: ReadonlySet<string | undefined> = new Set([
  "service-unavailable",
  "feature-not-implemented",
]);

export function createCatchUp(context: Pick<Context, "clock"> & CatchUpContext): CatchUp {
  let isCaughtUp = false;
  return {
    run: async (feed) => {
      let isFirst = true;
      for (let isComplete = false; !isComplete; isFirst = false) {
        const before = await load(context);
        const page = await fetchPage(context, before, isFirst);
        if (page === undefined) return;
        await feed(page.messages);
        await save(context, before, page);
        isComplete = page.isComplete || page.last === undefined;
      }
      isCaughtUp = true;
    },
    reset: () => {
      isCaughtUp = false;
    },
    position: ({ origin, archiveId, sentAt, room }) => {
      if (room !== undefined) return []; // of the room's archive, not ours
      // Before the archive was read to its end there may be a gap in front of this message.
      if (!isCaughtUp || origin === "archive" || archiveId === undefined) return [];
      const since = sentAt ?? context.clock.now();
      return [{ key: archiveKey, value: archiveCodec.encode({ lastId: archiveId, since }) }];
    },
  };
}

type CatchUpContext = Pick<Context, "store" | "transport" | "limits" | "lifetime" | "account">;

async function load(context: CatchUpContext): Promise<ArchiveRecord> {
  const [stored] = await context.store.get([archiveKey]);
  // What was sent before this device existed cannot be for it [MAM-10].
  if (stored === undefined) return { lastId: undefined, since: context.account().createdAt };
  return archiveCodec.decode(stored);
}

/**
 * `undefined` when the server keeps no archive. An id that the archive has dropped is an error on
 * some servers and an empty page on others [MAM-08]: then the time decides where to go on.
 */
async function fetchPage(
  context: Pick<Context, "clock"> & CatchUpContext,
  { lastId, since }: ArchiveRecord,
  isFirst: boolean,
): Promise<ArchivePage | undefined> {
  const byTime = { start: since - CLOCK_MARGIN, pageSize: PAGE_SIZE };
  const fetch = (query: Parameters<typeof context.transport.fetchArchive>[0]) =>
    within(context, undefined, (signal) => context.transport.fetchArchive(query, signal));
  try {
    if (lastId === undefined) return await fetch(byTime);
    const page = await fetch({ after: lastId, pageSize: PAGE_SIZE });
    if (!isFirst || page.messages.length > 0 || !page.isComplete) return page;
    return behind(lastId, await fetch(byTime));
  } catch (error) {
    const condition = isOmemoError(error) ? error.condition : undefined;
    if (condition === "item-not-found" && lastId !== undefined) return fetch(byTime);
    if (NO_ARCHIVE.has(condition) && condition !== undefined) return undefined;
    throw error;
  }
}

/** The messages after the one with this id; all of them when it is not there. */
function behind(lastId: string, page: ArchivePage): ArchivePage {
  const position = page.messages.findIndex(({ archiveId }) => archiveId === lastId);
  return { ...page, messages: page.messages.slice(position + 1) };
}

/** After the messages of the page were dealt with; a live message may have moved on meanwhile. */
function save(
  context: CatchUpContext,
  before: ArchiveRecord,
  { last, messages }: ArchivePage,
): Promise<void> {
  if (last === undefined) return Promise.resolve();
  const since = messages.at(-1)?.sentAt ?? before.since;
  const value = archiveCodec.encode({ lastId: last, since });
  return retryOnConflict(async () => {
    await context.store.commit({ check: [], put: [{ key: archiveKey, value }], delete: [] });
  });
}
