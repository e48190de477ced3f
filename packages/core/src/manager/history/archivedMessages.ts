import type { BareJid } from "../../domain/jid.js";
import type { TransportMessage } from "../../ports/transport.js";
import { isFromArchive, placeArchived } from "../../session/history/placeArchived.js";
import type { PlacedMessage } from "../../session/rooms/place.js";
import type { Context } from "../context.js";

/** Those that can be of this archive; a transport that let others through is not believed [MAM-02]. */
export function fromArchive(
  { transport }: Pick<Context, "transport">,
  room: BareJid | undefined,
  messages: readonly TransportMessage[],
): readonly TransportMessage[] {
  return messages.filter((message) => isFromArchive(message, room, transport.account));
}

/** In their order; in the own archive lies what was whispered in rooms as well [MUC-10]. */
export function placeAll(
  { rooms }: Pick<Context, "rooms">,
  room: BareJid | undefined,
  messages: readonly TransportMessage[],
): Promise<readonly PlacedMessage[]> {
  return Promise.all(
    messages.map((message) => {
      if (room === undefined)
        return new Promise<PlacedMessage>((next) => rooms.message(message, next));
      return placeArchived(message, { jid: room, showsNames: rooms.showsNames(room) });
    }),
  );
}
