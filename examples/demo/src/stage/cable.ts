import type { Transport, TransportEvent, TransportMessage, XmlElement } from "@omemo/core";
import { serialize } from "@omemo/core/wire";

/** In place of one message that arrives: nothing, another one, or several. */
export type Tampering = (message: TransportMessage) => readonly TransportMessage[];

/** A transport with somebody in the middle, who reads everything and may change what arrives. */
export interface Cable extends Transport {
  /** XML of everything that left the device. */
  readonly carried: readonly string[];
  /** What happens to messages from now on; without argument nothing. */
  tamper(tampering?: Tampering): void;
}

export function cable(transport: Transport): Cable {
  const carried: string[] = [];
  const see = (stanza: XmlElement): XmlElement => {
    carried.push(serialize(stanza));
    return stanza;
  };
  let tampering: Tampering = (message) => [message];
  const arriving = (event: TransportEvent): readonly TransportEvent[] => {
    return event.kind === "message" ? tampering(event) : [event];
  };
  return {
    carried,
    tamper: (next = (message) => [message]) => {
      tampering = next;
    },
    get account() {
      return transport.account;
    },
    get isOnline() {
      return transport.isOnline;
    },
    fetchItem: (...given) => transport.fetchItem(...given),
    fetchItemIds: (...given) => transport.fetchItemIds(...given),
    publishItem: (node, itemId, payload, options) =>
      transport.publishItem(node, itemId, see(payload), options),
    retractItem: (...given) => transport.retractItem(...given),
    deleteNode: (...given) => transport.deleteNode(...given),
    fetchMembers: (...given) => transport.fetchMembers(...given),
    fetchFeatures: (...given) => transport.fetchFeatures(...given),
    fetchArchive: (...given) => transport.fetchArchive(...given),
    request: ({ payload, ...others }, ...given) =>
      transport.request({ ...others, payload: see(payload) }, ...given),
    serve: (...given) => transport.serve(...given),
    send: (stanza) => transport.send(see(stanza)),
    listen: (interests, listener) =>
      transport.listen(interests, (event) => {
        for (const arrived of arriving(event)) listener(arrived);
      }),
  };
}
