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
  xmpp.on("error", (error) => log(`connection: ${error.message || "lost or refused"}`));
  if (options.verbose) xmpp.on("status", (status) => log(`connection: ${status}`));
  return xmpp;
}

/** Connects and logs in; resolves with the full address. @throws Error that says why not. */
export async function start(xmpp: Client, { service }: Options): Promise<string> {
  try {
    return (await xmpp.start()).toString();
  } catch (cause) {
    // What a WebSocket says on failure is nothing at all.
    const reason = cause instanceof Error && cause.message !== "" ? cause.message : "no connection";
    throw new Error(`${service}: ${reason}`, { cause });
  }
}
