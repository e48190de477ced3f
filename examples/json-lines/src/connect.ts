import { type Client, client } from "@xmpp/client";
import { type Options, UsageError } from "./options.js";
import { trustAuthority } from "./trustAuthority.js";

/**
 * A client that is ready to start. Once it was online, it connects again by itself.
 * @throws UsageError when this Node cannot connect in the way asked for.
 */
export function connect(options: Options, log: (text: string) => void): Client {
  if (options.ca !== undefined) trustAuthority(options.ca);
  if (/^wss?:/.test(options.service) && !("WebSocket" in globalThis)) {
    throw new UsageError("ws:// and wss:// need Node 22 or later: this one has no WebSocket");
  }
  const { service, domain, resource, username, password } = options;
  const xmpp = client({ service, domain, resource, username, password });
  xmpp.on("error", (error) => log(`connection: ${error.message}`));
  if (options.verbose) xmpp.on("status", (status) => log(`connection: ${status}`));
  return xmpp;
}
