import { isOmemoError, OmemoError, type Transport } from "@omemo/core";
import {
  enableCarbons,
  fetchFeatures,
  fetchMembers,
  pepOverIq,
  requestOverIq,
  resultOf,
  sentCarbon,
} from "@omemo/core/wire";
import { archiveReader } from "./archiveReader.js";
import { capsAnnouncer } from "./capsAnnouncer.js";
import { enteredRooms } from "./enteredRooms.js";
import { type IqCaller, iqCaller } from "./iqCaller.js";
import { holdUntilManaged } from "./managedStream.js";
import { outbound } from "./outbound.js";
import { receiveStanzas } from "./receiveStanzas.js";
import { servedRequests } from "./servedRequests.js";
import { settingsOf, type XmppTransportOptions } from "./settings.js";
import { sendAtOnce } from "./socket.js";
import { streamOf } from "./stream.js";
import { streamState } from "./streamState.js";
import { subscriptions } from "./subscriptions.js";
import type { XmppClient } from "./xmppClient.js";

/**
 * The transport over a client of `@xmpp/client`. Make it once for each client, before
 * `client.start()`, so that nothing that arrives early is lost; it lives as long as the client, over
 * all its streams. What it does on its own and fails becomes the client's `error` event.
 * @throws OmemoError `invalid-input` where there is no WebCrypto and none is given.
 */
export function xmppTransport(client: XmppClient, options: XmppTransportOptions = {}): Transport {
  const settings = settingsOf(client, options);
  const { account, report, software, crypto, clock } = settings;
  const state = streamState(client);
  const caps = software === false ? undefined : capsAnnouncer(client, software, crypto);
  const rooms = enteredRooms();
  const stanzas = outbound(client, state, (stanza) => {
    rooms.sent(stanza);
    return caps?.prepare(stanza) ?? stanza;
  });
  holdUntilManaged(client, stanzas, clock);

  const stream = streamOf(client, state, stanzas, account, {
    online: () => {
      begin();
      listeners.tell({ kind: "online" });
    },
    resumed: () => {
      sendAtOnce(client.socket);
      listeners.tell({ kind: "resumed" });
    },
    offline: () => listeners.tell({ kind: "offline" }),
    ended: () => iqs.failAll(new OmemoError("offline", "the stream ended before the answer came")),
  });
  const begin = (): void => {
    sendAtOnce(client.socket);
    if (settings.carbons) requestCarbons(iqs).catch(reportUnlessOver);
  };
  const announce = async (): Promise<void> => {
    if (caps === undefined) return;
    const release = stanzas.hold();
    try {
      await caps.update(listeners.interests());
      const presence = caps.outdated();
      // Whoever began to listen may rely on it in what he sends next.
      if (presence !== undefined) await stream.sendFirst(presence);
    } finally {
      release();
    }
  };
  // The next stream begins with all of it.
  const reportUnlessOver = (error: unknown): void => {
    if (!isOmemoError(error) || error.code !== "offline") report(error);
  };
  const listeners = subscriptions(() => void announce().catch(reportUnlessOver), report);
  const iqs = iqCaller(stream, settings);
  const archives = archiveReader(iqs.call, settings);
  receiveStanzas(client, { settings, iqs, archives, listeners, rooms });
  announce().catch(reportUnlessOver);
  if (stream.isOnline) begin();

  return {
    get account() {
      return account();
    },
    get isOnline() {
      return stream.isOnline;
    },
    ...pepOverIq(iqs.call, account),
    fetchMembers: (room, signal) => fetchMembers(iqs.call, room, signal),
    fetchFeatures: (entity, signal) => fetchFeatures(iqs.call, entity, signal),
    fetchArchive: archives.fetch,
    request: (request, signal) => requestOverIq(iqs.call, request, signal),
    serve: servedRequests(client),
    send: async (stanza) => {
      await stream.send(stanza);
      // Several devices on this connection: the server tells the others nothing of it.
      const copy = listeners.interests().length > 1 ? sentCarbon(stanza, account()) : undefined;
      if (copy !== undefined) listeners.tell(copy);
    },
    listen: listeners.add,
  };
}

/** Without carbons the other own devices miss messages, so the application has to know [CARB-08]. */
async function requestCarbons(iqs: IqCaller): Promise<void> {
  resultOf(await iqs.call(enableCarbons()), "enable carbons");
}
