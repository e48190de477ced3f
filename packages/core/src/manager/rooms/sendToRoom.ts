import { OmemoError } from "../../domain/error.js";
import type { BareJid } from "../../domain/jid.js";
import type { RoomSent } from "../../domain/room.js";
import type { Sent } from "../../domain/sent.js";
import type { ComposedMessage } from "../../session/content/composeMessage.js";
import { unreachedMembers } from "../../session/plan/unreached.js";
import type { Context } from "../context.js";
import type { BundleSource } from "../devices/bundles.js";
import { sealContent } from "../sending/content.js";
import type { EncryptRequest } from "../sending/prepare.js";
import { encrypt } from "../sending/send.js";
import type { RoomRecipients } from "./rooms.js";

/** What is said, and where. */
export interface RoomMessage {
  readonly room: BareJid;
  readonly message: ComposedMessage;
  readonly signal: AbortSignal | undefined;
  readonly onProgress?: EncryptRequest["onProgress"];
}

/** A room that is reconfigured while we encrypt is asked again this often. */
const MAX_ATTEMPTS = 3;

/**
 * Encrypts for all members of a room, there or not [O2-151, O2-153, L-85]. `leave` is called inside
 * the mailbox, right after the commit.
 * @throws OmemoError `room-not-supported`, `no-recipient-devices`, `undecided-identities`, or of the
 * transport.
 */
export async function encryptForRoom<Result>(
  context: Context,
  bundles: BundleSource,
  message: RoomMessage,
  leave: (sent: RoomSent) => Result,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    const { recipients } = await readyMembers(context, message);
    try {
      const request = requestForRoom(context, message, recipients);
      return await encrypt(context, bundles, request, (sent, unlisted) => {
        return leave(
          toRoomSent(message.room, context.rooms.recipients(message.room), sent, unlisted),
        );
      });
    } catch (error) {
      if (!context.rooms.isInDoubt(message.room) || attempt >= MAX_ATTEMPTS) throw error;
    }
  }
}

/** @throws OmemoError `room-not-supported`, `no-recipient-devices` when we are alone there. */
export async function readyMembers(
  { rooms }: Context,
  { room, signal }: RoomMessage,
): Promise<RoomRecipients> {
  const members = await rooms.ready(room, signal);
  if (members.recipients.length > 0) return members;
  throw new OmemoError("no-recipient-devices", "nobody else is a member of the room");
}

/** A message to a room as one to these members. */
export function requestForRoom(
  context: Context,
  { room, message, signal, onProgress }: RoomMessage,
  recipients: readonly BareJid[],
): EncryptRequest {
  const { unreachable, undecided } = context.options.rooms;
  return {
    to: room,
    recipients,
    versions: context.options.versions,
    seal: (version) => sealContent(context, version, room, message.content),
    signal,
    onProgress,
    message,
    room: {
      mustReachAll: unreachable === "stop",
      undecided,
      recipients: () => context.rooms.recipients(room).recipients,
    },
  };
}

function toRoomSent(
  room: BareJid,
  { recipients, isComplete }: RoomRecipients,
  sent: Sent,
  unlisted: ReadonlySet<BareJid>,
): RoomSent {
  const unreached = unreachedMembers(recipients, sent.devices, unlisted);
  return { ...sent, room, recipients, unreachedMembers: unreached, isComplete };
}
