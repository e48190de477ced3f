import { type Client, client } from "@xmpp/client";
import type { Options } from "./options.js";
import { trustAuthority } from "./trustAuthority.js";
import { UsageError } from "./usageError.js";

/** For a step of the login, in ms. The two seconds of `@xmpp/client` are few for a busy server. */
const TIMEOUT = 20_000;

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
  const xmpp = client({ service, domain, resource, username, password, timeout: TIMEOUT });
  xmpp.on("error", (error) => log(`connection: ${error.message || error.name}`));
  if (options.verbose) xmpp.on("status", (status) => log(`connection: ${status}`));
  return xmpp;
}

/** Connects and logs in; resolves with the full address. @throws Error that says why not. */
export async function start(xmpp: Client, { service }: Options): Promise<string> {
  try {
    return (await xmpp.start()).toString();
  } catch (cause) {
    // Of a WebSocket that fails, and of a server that is too slow, the message is empty.
    const { message, name } = cause instanceof Error ? cause : new Error(`${cause}`);
    const reason = message || (name === "TimeoutError" ? "no answer in time" : "no connection");
    throw new Error(`${service}: ${reason}`, { cause });
  }
}
