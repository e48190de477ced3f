import { readStanza } from "../../session/readStanza.js";
import type { PlacedMessage } from "../../session/rooms/place.js";
import { type Context, ownDevice } from "../context.js";
import type { Notices } from "../news/notices.js";

/** A message that came in such a flood that it could not even wait; its body was not looked at. */
export function refuse(context: Context, notices: Notices, message: PlacedMessage): void {
  const reading = readStanza(message, ownDevice(context), context.options.versions);
  if (reading.kind !== "encrypted") return;
  const { about, element } = reading;
  const isKnown = about.room?.established !== "unknown";
  const device = isKnown ? { jid: about.from, deviceId: element.senderDeviceId } : undefined;
  notices.refused({ ...about, reason: "inbox-full", version: element.version, device });
}
