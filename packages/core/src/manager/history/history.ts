import { OmemoError } from "../../domain/error.js";
import { type BareJid, bareJid } from "../../domain/jid.js";
import type { ArchiveQuery } from "../../ports/transport.js";
import type { ReceivedStanza } from "../../session/received.js";
import type { PlacedMessage } from "../../session/rooms/place.js";
import { requireOnline } from "../connection/requireOnline.js";
import type { Context } from "../context.js";
import type { Reception } from "../receiving/reception.js";
import { within } from "../scheduling/within.js";
import { fromArchive, placeAll } from "./archivedMessages.js";
import type { HistoryItem, HistoryPage, HistoryQuery } from "./historyPage.js";

/**
 * Message archives (XEP-0313). What was missed is read by itself, on each new stream and in each room
 * that is entered (option `catchUp`); this is for applications that show or read archives themselves.
 */
export interface History {
  /**
   * From now on until {@link endCatchUp} used prekeys are kept, so that several messages of an archive
   * may name the same one; bundle and empty messages wait [O2-141, O2-144, L-69, L-72]. Lasts over a
   * restart, but no longer than `limits.catchUpPeriod` [O2-145].
   * @throws OmemoError `store-failure`
   */
  beginCatchUp(): Promise<void>;
  /**
   * Forgets the used prekeys, publishes the bundle once and sends one empty message to each device
   * that began a session meanwhile [O2-142, L-70].
   * @throws OmemoError `store-failure`
   */
  endCatchUp(): Promise<void>;
  /** Whether used prekeys are kept now, for whatever reason. */
  readonly isCatchingUp: boolean;
  /**
   * Reads one page and decrypts what was not decrypted before, in archive order; the event `message`
   * hands these messages over as well, exactly once. A message that was decrypted before is a
   * `duplicate`: find its text by its ids. Failures are told here, not as events, and repair nothing
   * [MAM-05]. Pages may be read in any order; one that is older than the ratchets allow gives failures.
   * @throws OmemoError `room-not-supported` for a room that we are not in, `transport-failure` (with
   * the condition, `item-not-found` for an unknown id say), `offline`, `aborted`, `store-failure`.
   */
  read(query?: HistoryQuery, signal?: AbortSignal): Promise<HistoryPage>;
}

const PAGE_SIZE = 50;

/** `take` decrypts in line with what arrives live, without events for failures. */
export function createHistory(
  context: Context,
  requireStarted: () => void,
  take: (message: PlacedMessage) => Promise<Reception>,
): History {
  const { catchUpMode: mode, transport } = context;
  let pages = 0;
  const readPage = async (
    room: BareJid | undefined,
    query: ArchiveQuery,
    signal: AbortSignal | undefined,
  ): Promise<HistoryPage> => {
    const { messages, first, last, isComplete } = await within(context, signal, (until) =>
      transport.fetchArchive(query, until),
    );
    if (room !== undefined) await context.rooms.identify(room);
    const placed = await placeAll(context, room, fromArchive(context, room, messages));
    const items = placed.map(async (message): Promise<HistoryItem> => {
      const { place: _, ...archived } = message;
      return { ...(await take(message)), archived };
    });
    return { items: withoutHalves(await Promise.all(items)), first, last, isComplete };
  };
  return {
    beginCatchUp: mode.beginDurably,
    endCatchUp: mode.endDurably,
    get isCatchingUp() {
      return mode.isOpen();
    },
    read: async (query = {}, signal) => {
      requireStarted();
      requireOnline(context);
      const room = query.room === undefined ? undefined : enteredRoom(context, query.room);
      pages += 1;
      const reader = `page ${pages}`;
      mode.begin(reader);
      try {
        return await readPage(room, archiveQueryOf(query, room), signal);
      } finally {
        await mode.end(reader);
      }
    },
  };
}

/** The half of a message that was for devices of the other version is no failure [O2-179]. */
function withoutHalves(items: readonly HistoryItem[]): readonly HistoryItem[] {
  const nameOf = (about: ReceivedStanza): string => `${about.from} ${about.originId}`;
  const known = new Set(items.flatMap((item) => aboutRead(item)).map(nameOf));
  return items.map((item) => {
    if (item.kind !== "failure" || item.failure.reason !== "not-for-this-device") return item;
    const { failure: about, archived } = item;
    const isHalf = about.originId !== undefined && known.has(nameOf(about));
    return isHalf ? { kind: "duplicate", about, archived } : item;
  });
}

function aboutRead(item: HistoryItem): readonly ReceivedStanza[] {
  if (item.kind === "message") return [item.message];
  if (item.kind === "control") return [item.control];
  return item.kind === "duplicate" ? [item.about] : [];
}

function enteredRoom({ rooms }: Context, given: string): BareJid {
  const room = bareJid(given);
  if (rooms.info(room) !== undefined) return room;
  const text = "enter the room first: only from inside it is known who its members are";
  throw new OmemoError("room-not-supported", text, { failedConditions: ["joined"] });
}

function archiveQueryOf(
  { room: _, with: partner, pageSize = PAGE_SIZE, ...rest }: HistoryQuery,
  room: BareJid | undefined,
): ArchiveQuery {
  if (rest.after !== undefined && rest.before !== undefined) {
    throw new OmemoError("invalid-input", "a page is after an id or before one, not both");
  }
  return {
    ...rest,
    ...(room !== undefined && { archive: room }),
    ...(partner !== undefined && { with: bareJid(partner) }),
    pageSize,
  };
}
