import { isOmemoError } from "../../domain/error.js";
import type { BareJid } from "../../domain/jid.js";
import { withFeatures, withLists, withQuestion } from "../../session/rooms/roomState.js";
import { within } from "../scheduling/within.js";
import type { RoomEntry, RoomsContext } from "./rooms.js";

/** A room that is reconfigured again and again while we ask is asked this often at a time. */
const MAX_ROUNDS = 5;
/** A room that does not show its lists to plain members [MUC-03]. */
const REFUSALS: ReadonlySet<string | undefined> = new Set(["forbidden", "not-allowed"]);

/**
 * Asks a room for whatever is not known of it: what it is, and who its members are. [MUC-01, MUC-02]
 * @throws OmemoError of the transport.
 */
export async function askRoom(context: RoomsContext, entry: RoomEntry): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS && entry.state.features === undefined; round += 1) {
    const { jid, revision, lists } = entry.state;
    const [features] = await Promise.all([
      fetchFeaturesOf(context, jid),
      lists === "known" ? undefined : askForLists(context, entry),
    ]);
    entry.state = withFeatures(entry.state, features, revision);
  }
  if (entry.state.lists === "unknown") await askForLists(context, entry);
}

async function askForLists(context: RoomsContext, entry: RoomEntry): Promise<void> {
  entry.state = withQuestion(entry.state);
  const members = await fetchMembersOf(context, entry.state.jid);
  entry.state = withLists(entry.state, members);
}

/** What a room announces. */
export function fetchFeaturesOf(
  context: RoomsContext,
  room: BareJid,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  return within(context, signal, (until) => context.transport.fetchFeatures(room, until));
}

async function fetchMembersOf(
  context: RoomsContext,
  room: BareJid,
): Promise<readonly BareJid[] | "refused"> {
  try {
    return await within(context, undefined, (until) => context.transport.fetchMembers(room, until));
  } catch (error) {
    if (isOmemoError(error) && REFUSALS.has(error.condition)) return "refused";
    throw error;
  }
}
