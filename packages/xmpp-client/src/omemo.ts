import { OmemoManager, type OmemoOptions, type OmemoPorts } from "@omemo/core";
import type { XmppTransportOptions } from "./settings.js";
import type { XmppClient } from "./xmppClient.js";
import { xmppTransport } from "./xmppTransport.js";

/** What {@link omemo} needs: all ports but the transport, and options of manager and transport. */
export interface OmemoClientOptions
  extends Omit<OmemoPorts, "transport">,
    OmemoOptions,
    XmppTransportOptions {}

/**
 * OMEMO for a client of `@xmpp/client`. Make it before `client.start()`: it listens from the first
 * moment on, so nothing that arrives early is lost.
 * @throws OmemoError `invalid-input` for impossible options, and where there is no WebCrypto.
 */
export function omemo(client: XmppClient, options: OmemoClientOptions): OmemoManager {
  const { backend, store, trust, ...rest } = options;
  return new OmemoManager({ backend, store, trust, transport: xmppTransport(client, rest) }, rest);
}

export default omemo;
