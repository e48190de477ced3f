import type { RequestHandler, Transport } from "@omemo/core";
import { fromXmlElement, toXmlElement } from "./element.js";
import type { XmppClient } from "./xmppClient.js";

/**
 * Answers requests of others. The client knows no way to take a route back, so each name gets one
 * for good; without handlers it leads on to what the application serves, or to a refusal.
 */
export function servedRequests(client: XmppClient): Transport["serve"] {
  const routes = new Map<string, Set<{ readonly handler: RequestHandler }>>();

  const handlersOf = (namespace: string, name: string) => {
    const key = `${namespace} ${name}`;
    const known = routes.get(key);
    if (known !== undefined) return known;
    const handlers = new Set<{ readonly handler: RequestHandler }>();
    routes.set(key, handlers);
    for (const type of ["get", "set"] as const) {
      client.iqCallee?.[type](namespace, name, async ({ stanza }, next) => {
        const request = toXmlElement(stanza);
        for (const { handler } of [...handlers]) {
          const answer = await handler(request);
          if (answer !== undefined) return fromXmlElement(answer);
        }
        return next();
      });
    }
    return handlers;
  };

  return ({ namespace, name }, handler) => {
    const handlers = handlersOf(namespace, name);
    const entry = { handler };
    handlers.add(entry);
    return () => handlers.delete(entry);
  };
}
