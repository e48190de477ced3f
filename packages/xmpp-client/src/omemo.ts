import { OmemoManager, type OmemoOptions, type OmemoPorts } from "@omemo/core";
import { guardPlaintext, type PlaintextGuard } from "./guardPlaintext.js";
import type { XmppTransportOptions } from "./settings.js";
import type { XmppClient } from "./xmppClient.js";
import { xmppTransport } from "./xmppTransport.js";

/** Backend, store, trust, archive, and how the manager, its transport and the guard behave. */
export interface OmemoClientOptions
  extends Omit<OmemoPorts, "transport">,
    Partial<Pick<OmemoPorts, "transport">>,
    OmemoOptions,
    XmppTransportOptions,
    Pick<PlaintextGuard, "mustEncrypt"> {}

/**
 * OMEMO for a client of `@xmpp/client`. Call it once for each client, before `client.start()`; when
 * the client is online, call `initialize()` of the manager. For several devices on one connection
 * make its `xmppTransport(client)` once, and give it to each as option `transport`.
 * @throws OmemoError `invalid-input` for impossible options.
 */
export function omemo(client: XmppClient, options: OmemoClientOptions): OmemoManager {
  const { backend, store, trust, archive, mustEncrypt } = options;
  const transport = options.transport ?? xmppTransport(client, options);
  const manager = new OmemoManager({ backend, store, trust, transport, archive }, options);
  if (mustEncrypt === undefined) return manager;
  guardPlaintext(client, {
    mustEncrypt,
    get fallbackBody() {
      return manager.getSettings().fallbackBody; // it may change at run time
    },
  });
  return manager;
}
