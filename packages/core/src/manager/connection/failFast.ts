import { OmemoError } from "../../domain/error.js";
import type { Transport } from "../../ports/transport.js";

/**
 * The transport as a manager uses it: whatever asks a server fails with `offline` at once where
 * there is no stream, and as soon as it breaks. An adapter may wait longer, for the stream to be
 * resumed; but nobody who called a manager should have to. What was begun is repeated by whoever
 * wanted it, and a request that reached the server all the same does no harm twice.
 */
export function failFast(
  transport: Transport,
  onLoss: (callback: () => void) => () => void,
): Transport {
  const whileOnline = <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    if (!transport.isOnline) return Promise.reject(lost("not connected: try again later"));
    return new Promise<Answer>((resolve, reject) => {
      const forget = onLoss(() => reject(lost("the connection broke before the answer came")));
      void ask().then(resolve, reject).finally(forget);
    });
  };
  return {
    get account() {
      return transport.account;
    },
    get isOnline() {
      return transport.isOnline;
    },
    fetchItem: (...asked) => whileOnline(() => transport.fetchItem(...asked)),
    fetchItemIds: (...asked) => whileOnline(() => transport.fetchItemIds(...asked)),
    publishItem: (...asked) => whileOnline(() => transport.publishItem(...asked)),
    retractItem: (...asked) => whileOnline(() => transport.retractItem(...asked)),
    deleteNode: (...asked) => whileOnline(() => transport.deleteNode(...asked)),
    fetchMembers: (...asked) => whileOnline(() => transport.fetchMembers(...asked)),
    fetchFeatures: (...asked) => whileOnline(() => transport.fetchFeatures(...asked)),
    fetchArchive: (...asked) => whileOnline(() => transport.fetchArchive(...asked)),
    request: (...asked) => whileOnline(() => transport.request(...asked)),
    serve: (name, handler) => transport.serve(name, handler),
    send: (stanza) => transport.send(stanza),
    listen: (interests, listener) => transport.listen(interests, listener),
  };
}

function lost(text: string): OmemoError {
  return new OmemoError("offline", text);
}
