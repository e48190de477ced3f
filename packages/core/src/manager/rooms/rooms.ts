import { OmemoError } from "../../domain/error.js";
import type { BareJid } from "../../domain/jid.js";
import type { RoomCondition, RoomInfo, RoomSupport } from "../../domain/room.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import type { TransportMessage } from "../../ports/transport.js";
import type { PlacedMessage } from "../../session/rooms/place.js";
import {
  accountsOf,
  failedConditions,
  newRoom,
  type RoomState,
  recipientsOf,
  withDoubt,
  withNotice,
  withPresence,
} from "../../session/rooms/roomState.js";
import { readRoomNotice } from "../../wire/rooms/readRoomNotice.js";
import { readRoomPresence } from "../../wire/rooms/readRoomPresence.js";
import type { Context } from "../context.js";
import { within } from "../scheduling/within.js";
import { askRoom, fetchFeaturesOf } from "./askRoom.js";
import { placeOf } from "./placeOf.js";

/** For whom a message to a room is encrypted, at this moment. */
export interface RoomRecipients {
  readonly recipients: readonly BareJid[];
  readonly isComplete: boolean;
}

/** The rooms that this client is in, told and asked in the order of the stream. */
export interface Rooms {
  presence(stanza: XmlElement): void;
  /** Says where the message was said, then passes it on, now or once the room is known. */
  message(message: TransportMessage, next: (placed: PlacedMessage) => void): void;
  isRoom(jid: BareJid): boolean;
  /** Whether it is known to tell the real addresses of whoever writes there [MAM-03]. */
  showsNames(room: BareJid): boolean;
  /** A new stream: we are in no room any more. */
  reset(): void;
  /** Tells of all rooms again: who would read a message there may have changed. */
  retell(): void;
  support(room: BareJid, signal?: AbortSignal): Promise<RoomSupport>;
  /**
   * Asks the room for whatever is not known yet.
   * @throws OmemoError `room-not-supported`, or of the transport.
   */
  ready(room: BareJid, signal?: AbortSignal): Promise<RoomRecipients>;
  /** The same without asking. @throws OmemoError `room-not-supported`, also when it is in doubt. */
  recipients(room: BareJid): RoomRecipients;
  /** Asks the room what it is, unless it said so or we left it. @throws OmemoError of the transport. */
  identify(room: BareJid): Promise<void>;
  /** It was reconfigured, and has not said yet what it is now. */
  isInDoubt(room: BareJid): boolean;
  info(room: BareJid): RoomInfo | undefined;
  /** Everybody who may have written there. */
  accounts(room: BareJid): readonly BareJid[];
  idle(): Promise<void>;
}

/** A room, and what waits for it. */
export interface RoomEntry {
  state: RoomState;
  waiting: (() => void)[];
  /** The question that is under way. */
  asking: Promise<void> | undefined;
}

export type RoomsContext = Pick<
  Context,
  "transport" | "clock" | "limits" | "lifetime" | "events" | "options"
>;

export function createRooms(context: RoomsContext): Rooms {
  const entries = new Map<BareJid, RoomEntry>();
  const requireMembersOnly = (): boolean => context.options.rooms.requireMembersOnly;
  const recipients = (room: BareJid): RoomRecipients => {
    const state = requireSupported(entries.get(room)?.state, requireMembersOnly());
    const own = context.transport.account;
    const isComplete = state.lists === "known";
    return { recipients: recipientsOf(state, own, !requireMembersOnly()), isComplete };
  };
  const info = (room: BareJid): RoomInfo | undefined => {
    const state = entries.get(room)?.state;
    return state && describe(state, context.transport.account, !requireMembersOnly());
  };
  const tell = (room: BareJid): void => {
    context.events.notify("room", { room, info: info(room) });
  };
  const ask = (entry: RoomEntry): Promise<void> => {
    entry.asking ??= askRoom(context, entry).finally(() => {
      entry.asking = undefined;
      release(entry);
      if (entries.get(entry.state.jid) === entry) tell(entry.state.jid);
    });
    return entry.asking;
  };
  const update = (entry: RoomEntry, state: RoomState | undefined): void => {
    const before = entry.state;
    if (state === undefined) {
      entries.delete(before.jid);
      release(entry);
      tell(before.jid);
      return;
    }
    entry.state = state;
    if (state.nick === undefined) return;
    if (before.nick === undefined || state.revision !== before.revision) {
      ask(entry).catch((error: unknown) => {
        context.events.notify("problem", { what: "room", error, willRetry: true });
      });
    } else if (state.members !== before.members) tell(state.jid);
  };
  return {
    presence: (stanza) => {
      const presence = readRoomPresence(stanza);
      if (presence === undefined) return;
      const entry = entries.get(presence.room) ?? openRoom(context, entries, presence.room);
      if (entry !== undefined) update(entry, withPresence(entry.state, presence));
    },
    message: (message, next) => {
      const notice = message.origin === "live" ? readRoomNotice(message.stanza) : undefined;
      const told = notice && entries.get(notice.room);
      if (notice && told) update(told, withNotice(told.state, notice));
      const place = placeOf(message, (room) => entries.get(room)?.state);
      if (place === undefined) {
        next(message);
        return;
      }
      const entry = entries.get(place.room);
      const pass = (): void => next({ ...message, place });
      if (entry === undefined || !mustWait(entry, context)) pass();
      else entry.waiting.push(pass);
    },
    isRoom: (jid) => entries.has(jid),
    showsNames: (room) => {
      const state = entries.get(room)?.state;
      const isOpen = state?.features?.has("muc_nonanonymous") === true;
      return isOpen && state?.turnedAnonymous === false;
    },
    reset: () => {
      const left = [...entries.values()];
      entries.clear();
      for (const entry of left) {
        release(entry);
        tell(entry.state.jid);
      }
    },
    retell: () => {
      for (const { state } of entries.values()) if (state.nick !== undefined) tell(state.jid);
    },
    support: async (room, signal) => {
      const features = await fetchFeaturesOf(context, room, signal);
      const failed = failedConditions(new Set(features), requireMembersOnly());
      return { isSupported: failed.length === 0, failed };
    },
    ready: async (room, signal) => {
      const entry = entries.get(room);
      if (entry?.state.nick !== undefined && isWorthAsking(entry.state, requireMembersOnly())) {
        // A new room may say no more when its owner configured it.
        if (entry.asking === undefined) entry.state = withDoubt(entry.state);
        await within(context, signal, () => ask(entry));
      }
      return recipients(room);
    },
    identify: (room) => identify(entries.get(room), ask),
    recipients,
    isInDoubt: (room) => isInDoubt(entries.get(room)),
    info,
    accounts: (room) => {
      const state = entries.get(room)?.state;
      return state === undefined ? [] : accountsOf(state);
    },
    idle: () => answered(entries),
  };
}

/** Resolves when no question to a room is under way. */
async function answered(entries: ReadonlyMap<BareJid, RoomEntry>): Promise<void> {
  const asking = () => [...entries.values()].flatMap((entry) => entry.asking ?? []);
  while (asking().length > 0) await Promise.allSettled(asking());
}

function openRoom(
  { limits }: RoomsContext,
  entries: Map<BareJid, RoomEntry>,
  room: BareJid,
): RoomEntry | undefined {
  if (entries.size >= limits.maxRooms) return undefined;
  const entry = { state: newRoom(room), waiting: [], asking: undefined };
  entries.set(room, entry);
  return entry;
}

/** Until a room has said who its members are, nobody knows who said what it repeats. */
function mustWait({ asking, waiting }: RoomEntry, { limits }: RoomsContext): boolean {
  return asking !== undefined && waiting.length < limits.maxWaitingInRoom;
}

function release(entry: RoomEntry): void {
  const { waiting } = entry;
  entry.waiting = [];
  for (const pass of waiting) pass();
}

async function identify(
  entry: RoomEntry | undefined,
  ask: (entry: RoomEntry) => Promise<void>,
): Promise<void> {
  if (isInDoubt(entry)) await ask(entry);
}

function isInDoubt(entry: RoomEntry | undefined): entry is RoomEntry {
  return entry?.state.nick !== undefined && entry.state.features === undefined;
}

function isWorthAsking({ features, lists }: RoomState, requireMembersOnly: boolean): boolean {
  if (features === undefined || lists === "unknown") return true;
  return failedConditions(features, requireMembersOnly).length > 0;
}

function requireSupported(state: RoomState | undefined, requireMembersOnly: boolean): RoomState {
  if (state?.nick === undefined) throw unsupported(["joined"]);
  if (state.turnedAnonymous) throw unsupported(["non-anonymous"]);
  const { features } = state;
  if (features === undefined) {
    throw new OmemoError("transport-failure", "the room changes: nobody knows yet what it is");
  }
  const failed = failedConditions(features, requireMembersOnly);
  if (failed.length > 0) throw unsupported(failed);
  return state;
}

function unsupported(failed: readonly RoomCondition[]): OmemoError {
  const text = `nothing may be encrypted in this room: it is not ${failed.join(", not ")}`;
  return new OmemoError("room-not-supported", text, { failedConditions: failed });
}

function describe(state: RoomState, own: BareJid, andOccupants: boolean): RoomInfo | undefined {
  if (state.nick === undefined) return undefined;
  return {
    room: state.jid,
    nick: state.nick,
    recipients: recipientsOf(state, own, andOccupants),
    isComplete: state.lists === "known",
    occupants: [...state.occupants].map(([nick, { jid }]) => ({ nick, jid })),
  };
}
