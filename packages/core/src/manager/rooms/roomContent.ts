import { bareJid } from "../../domain/jid.js";
import type { RoomSent } from "../../domain/room.js";
import { requireOnline } from "../connection/requireOnline.js";
import type { Runtime } from "../runtime.js";
import { compose } from "../sending/content.js";
import type { Content, SendOptions } from "../sending/sendOptions.js";
import { encryptForRoom } from "./sendToRoom.js";

/** Encrypts and sends to a room. @throws OmemoError `offline` before anything is encrypted. */
export async function sendRoomContent(
  runtime: Runtime,
  room: string,
  content: Content,
  options: SendOptions,
): Promise<RoomSent> {
  requireOnline(runtime.context);
  const { sent, left } = await encryptRoomContent(runtime, room, content, options, (ready) => ({
    sent: ready,
    left: runtime.outbox.send(ready.stanzas),
  }));
  await left;
  return sent;
}

/** Encrypts for a room; `leave` is called inside the mailbox, right after the commit. */
export async function encryptRoomContent<Result>(
  { context, bundles, requireStarted }: Runtime,
  room: string,
  content: Content,
  options: SendOptions,
  leave: (sent: RoomSent) => Result,
): Promise<Result> {
  requireStarted();
  const message = {
    room: bareJid(room),
    message: compose(context, content, options),
    signal: options.signal,
    onProgress: options.onProgress,
  };
  return encryptForRoom(context, bundles, message, leave);
}
