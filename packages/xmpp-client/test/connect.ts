import { randomBytes } from "node:crypto";
import type { Transport, TransportEvent } from "@omemo/core";
import { syncWebCrypto } from "@omemo/testkit";
import { type XmppTransportOptions, xmppTransport } from "../src/index.js";
import { FakeClient, StillClock, settle } from "./fakeClient.js";

/** A transport on a fake client, with a listener, and with time standing still. */
export interface Connected {
  readonly client: FakeClient;
  readonly clock: StillClock;
  readonly transport: Transport;
  readonly events: readonly TransportEvent[];
}

/** Interests of the listener. */
export const INTERESTS = { nodes: ["urn:example:list"], features: ["urn:xmpp:eme:0"] } as const;

/** Not started yet. Nothing but the microtasks of this process is waited for. */
export function create(options: XmppTransportOptions = {}): Connected {
  const client = new FakeClient();
  const clock = new StillClock();
  const transport = xmppTransport(client, {
    clock,
    crypto: syncWebCrypto(randomBytes),
    ...options,
  });
  const events: TransportEvent[] = [];
  transport.listen(INTERESTS, (event) => events.push(event));
  return { client, clock, transport, events };
}

/** Online, with all that a stream begins with done. */
export async function connect(options: XmppTransportOptions = {}): Promise<Connected> {
  const connected = create(options);
  await settle();
  connected.client.goOnline();
  await settle();
  return connected;
}
