import type { BareJid } from "../../domain/jid.js";
import type { TransportMessage } from "../../ports/transport.js";

/** Where in a room a message was said, and how its real sender is known. */
export interface RoomOrigin {
  readonly jid: BareJid;
  readonly nick: string;
  /**
   * `presence`: the room said who has the nick; `archive`: the room's archive said so; `device`:
   * nobody said so, but the message was encrypted with a key that is known to be that account's
   * [L-88]; `unknown`: then `from` is the room.
   */
  readonly established: "presence" | "archive" | "device" | "unknown";
}

/** A message with its place in the room that it came through, when it came through one. */
export interface PlacedMessage extends TransportMessage {
  readonly place?: RoomPlace;
}

export interface RoomPlace {
  readonly room: BareJid;
  readonly nick: string;
  /** Real address of whoever had the nick when the message was sent. */
  readonly sender: BareJid | undefined;
  /** Said to one occupant alone [MUC-10]. */
  readonly isPrivate: boolean;
}
