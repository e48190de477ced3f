import type { BareJid } from "./jid.js";
import type { Sent } from "./sent.js";

/** What a room has to be, before anybody encrypts in it [MUC-01, O2-149, O2-150]. */
export type RoomCondition =
  /** It is a room at all. */
  | "room"
  /** We are in it: without its presences nobody knows who is who. */
  | "joined"
  /** Its members see each other's real addresses. */
  | "non-anonymous"
  /** Nobody else may enter. Not asked for with the option `rooms.requireMembersOnly: false`. */
  | "members-only";

/** Whether a room can be encrypted for. */
export interface RoomSupport {
  readonly isSupported: boolean;
  /** The conditions that it does not meet. */
  readonly failed: readonly RoomCondition[];
}

/** A room that we are in. */
export interface RoomInfo {
  readonly room: BareJid;
  /** Our name there. */
  readonly nick: string;
  /** Who a message would be encrypted for, our own devices aside: the room says so [MUC-12]. */
  readonly recipients: readonly BareJid[];
  /** False while the lists of members are unknown or refused: absent members are missing [MUC-03]. */
  readonly isComplete: boolean;
  /** Who is there, and as whom. */
  readonly occupants: readonly { readonly nick: string; readonly jid: BareJid | undefined }[];
}

/** The members of a room changed, or we entered or left it; `info` is absent afterwards. */
export interface RoomChange {
  readonly room: BareJid;
  readonly info: RoomInfo | undefined;
}

/** A member whom a message did not reach, on no device. */
export interface UnreachedMember {
  readonly jid: BareJid;
  /**
   * `no-devices`: has none; `lists-unavailable`: nobody could tell; `devices-skipped`: none of them
   * can be encrypted for, `skippedDevices` says why.
   */
  readonly reason: "no-devices" | "lists-unavailable" | "devices-skipped";
}

/** What became of a message to a room. */
export interface RoomSent extends Sent {
  readonly room: BareJid;
  /** The members that it was meant for, there or not, at the moment of encryption [MUC-08]. */
  readonly recipients: readonly BareJid[];
  readonly unreachedMembers: readonly UnreachedMember[];
  /** False when the room refused its lists: absent members may be missing [MUC-03]. */
  readonly isComplete: boolean;
}
