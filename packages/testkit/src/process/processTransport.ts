import type { Transport } from "@omemo/core";
import type { Life } from "./life.js";

/** A transport that dies with the process; time passes in the network, not here. */
export function processTransport(life: Life, transport: Transport): Transport {
  const call = <Value>(operation: string, work: () => Promise<Value>): Promise<Value> =>
    life.call("transport", operation, work, { isHeld: false, latency: 0 });

  return {
    account: transport.account,
    get isOnline() {
      return life.isAlive && transport.isOnline;
    },
    fetchItem: (owner, node, itemId, signal) =>
      call("fetchItem", () => transport.fetchItem(owner, node, itemId, signal)),
    fetchItemIds: (owner, node, signal) =>
      call("fetchItemIds", () => transport.fetchItemIds(owner, node, signal)),
    publishItem: (node, itemId, payload, options) =>
      call("publishItem", () => transport.publishItem(node, itemId, payload, options)),
    retractItem: (node, itemId) => call("retractItem", () => transport.retractItem(node, itemId)),
    deleteNode: (node) => call("deleteNode", () => transport.deleteNode(node)),
    fetchMembers: (room, signal) =>
      call("fetchMembers", () => transport.fetchMembers(room, signal)),
    fetchFeatures: (entity, signal) =>
      call("fetchFeatures", () => transport.fetchFeatures(entity, signal)),
    fetchArchive: (query, signal) =>
      call("fetchArchive", () => transport.fetchArchive(query, signal)),
    request: (request, signal) => call("request", () => transport.request(request, signal)),
    serve: (name, handler) =>
      transport.serve(name, async (request) => (life.isAlive ? handler(request) : undefined)),
    send: (stanza) => call("send", () => transport.send(stanza)),
    listen: (interests, listener) => transport.listen(interests, life.whileAlive(listener)),
  };
}
