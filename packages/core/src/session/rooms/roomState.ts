import type { BareJid } from "../../domain/jid.js";
import type { RoomCondition } from "../../domain/room.js";
import type { RoomNotice } from "../../wire/rooms/readRoomNotice.js";
import type { Affiliation, RoomPresence } from "../../wire/rooms/readRoomPresence.js";

/** Somebody who is there. */
export interface Occupant {
  /** `undefined` where the room hides it. */
  readonly jid: BareJid | undefined;
  readonly affiliation: Affiliation | undefined;
}

/** What a room told, in stream order, and what it answered. */
export interface RoomState {
  readonly jid: BareJid;
  /** Our own name; `undefined` until the room let us in. */
  readonly nick: string | undefined;
  readonly occupants: ReadonlyMap<string, Occupant>;
  /** Owners, admins and members, there or not. The same set as long as nobody comes or goes. */
  readonly members: ReadonlySet<BareJid>;
  /** `refused`: `members` holds only those who were seen [MUC-03]. */
  readonly lists: "unknown" | "known" | "refused";
  /** What was told while the lists were on their way: newer than what they say. */
  readonly changes: ReadonlyMap<BareJid, boolean>;
  /** `undefined`: has to be asked for, for the first time or again [MUC-05]. */
  readonly features: ReadonlySet<string> | undefined;
  /** The room said that it hides addresses from now on. */
  readonly turnedAnonymous: boolean;
  /** Grows with each change of the configuration. */
  readonly revision: number;
}

/** Names a room can make us remember; whoever is above that stays unknown. */
const MAX_OCCUPANTS = 10_000;

const SELF = 110;
const RENAMED = 303;
const BECAME_ANONYMOUS: readonly number[] = [173, 174];
const RECONFIGURED: readonly number[] = [104, 172, ...BECAME_ANONYMOUS];

/** A room that nothing is known of but its address. */
export function newRoom(jid: BareJid): RoomState {
  return {
    jid,
    nick: undefined,
    occupants: new Map(),
    members: new Set(),
    lists: "unknown",
    changes: new Map(),
    features: undefined,
    turnedAnonymous: false,
    revision: 0,
  };
}

/** The room after a presence; `undefined` when it says that we are there no longer. [MUC-04] */
export function withPresence(state: RoomState, presence: RoomPresence): RoomState | undefined {
  const { nick, jid, affiliation, isAvailable, newNick, statuses } = presence;
  const isSelf = statuses.has(SELF) || (!isAvailable && nick === state.nick);
  const nextNick = isAvailable ? nick : statuses.has(RENAMED) ? newNick : undefined;
  if (isSelf && nextNick === undefined) return undefined;
  const occupants = new Map(state.occupants);
  if (!isAvailable) occupants.delete(nick);
  else if (occupants.size < MAX_OCCUPANTS) occupants.set(nick, { jid, affiliation });
  const moved = { ...state, occupants, nick: isSelf ? nextNick : state.nick };
  if (jid === undefined || affiliation === undefined) return moved;
  return withAffiliation(moved, jid, affiliation);
}

/** The room after it spoke itself. [MUC-04, MUC-05] */
export function withNotice(state: RoomState, { statuses, affiliations }: RoomNotice): RoomState {
  const moved = affiliations.reduce(
    (room, { jid, affiliation }) => withAffiliation(room, jid, affiliation),
    state,
  );
  if (!RECONFIGURED.some((status) => statuses.has(status))) return moved;
  const turnedAnonymous = BECAME_ANONYMOUS.some((status) => statuses.has(status));
  return { ...withDoubt(moved), turnedAnonymous };
}

/** The room that may have become another one. */
export function withDoubt(state: RoomState): RoomState {
  return { ...state, features: undefined, revision: state.revision + 1 };
}

/** The room that is asked for its lists: what it tells from now on is newer than its answer. */
export function withQuestion(state: RoomState): RoomState {
  return { ...state, changes: new Map() };
}

/** The room after it answered with its lists, or refused to. [MUC-02, MUC-03] */
export function withLists(state: RoomState, lists: readonly BareJid[] | "refused"): RoomState {
  if (lists === "refused") return { ...state, lists: "refused", changes: new Map() };
  const members = new Set(lists);
  for (const [jid, isMember] of state.changes) setMember(members, jid, isMember);
  return { ...state, lists: "known", members, changes: new Map() };
}

/** The room after it said what it is; an answer to what it was before says nothing. */
export function withFeatures(
  state: RoomState,
  features: readonly string[],
  revision: number,
): RoomState {
  if (revision !== state.revision) return state;
  return { ...state, features: new Set(features), turnedAnonymous: false };
}

/** What keeps us from encrypting there, of what is known. [MUC-01, O2-149, O2-150, O2-157] */
export function failedConditions(
  features: ReadonlySet<string>,
  requireMembersOnly: boolean,
): readonly RoomCondition[] {
  if (!features.has("http://jabber.org/protocol/muc")) return ["room"];
  const isOpen = requireMembersOnly && !features.has("muc_membersonly");
  return [
    ...(features.has("muc_nonanonymous") ? [] : (["non-anonymous"] as const)),
    ...(isOpen ? (["members-only"] as const) : []),
  ];
}

/**
 * Accounts that a message is for: owners, admins and members, offline or not, and with
 * `andOccupants` whoever else is there; never ourselves, never outcasts. [O2-151, O2-156]
 */
export function recipientsOf(
  state: RoomState,
  own: BareJid,
  andOccupants: boolean,
): readonly BareJid[] {
  const recipients = new Set(state.members);
  for (const { jid, affiliation } of andOccupants ? state.occupants.values() : []) {
    if (jid !== undefined && affiliation !== "outcast") recipients.add(jid);
  }
  recipients.delete(own);
  return [...recipients];
}

/** Every account that may have written there, as far as is known, ourselves included. */
export function accountsOf(state: RoomState): readonly BareJid[] {
  const present = [...state.occupants.values()].flatMap(({ jid }) => (jid ? [jid] : []));
  return [...new Set([...present, ...state.members])];
}

function withAffiliation(state: RoomState, jid: BareJid, affiliation: Affiliation): RoomState {
  const isMember = affiliation !== "none" && affiliation !== "outcast";
  const changes =
    state.lists === "known" ? state.changes : new Map(state.changes).set(jid, isMember);
  if (state.members.has(jid) === isMember) return { ...state, changes };
  const members = new Set(state.members);
  setMember(members, jid, isMember);
  return { ...state, changes, members };
}

function setMember(members: Set<BareJid>, jid: BareJid, isMember: boolean): void {
  if (isMember) members.add(jid);
  else members.delete(jid);
}
