import { OmemoManager, type OmemoOptions, type OmemoPorts } from "@omemo/core";
import {
  type PlaintextGuard,
  type PlaintextGuardOptions,
  plaintextGuard,
} from "./guard/plaintextGuard.js";
import { storeGuardTable } from "./guard/storeGuardTable.js";
import type { XmppTransportOptions } from "./settings.js";
import type { XmppClient } from "./xmppClient.js";
import { xmppTransport } from "./xmppTransport.js";

/** Backend, store and trust, and how the manager, its transport and the guard behave. */
export interface OmemoClientOptions
  extends Omit<OmemoPorts, "transport">,
    Partial<Pick<OmemoPorts, "transport">>,
    OmemoOptions,
    XmppTransportOptions {
  /**
   * How the guard against plaintext behaves, or the client's guard where several managers share it.
   * Default: strict, and what it has to remember is kept in the manager's store.
   */
  readonly guard?: PlaintextGuard | Omit<PlaintextGuardOptions, "account" | "clock">;
}

/** A manager with the guard of its client. */
export type GuardedManager = OmemoManager & { readonly guard: PlaintextGuard };

/**
 * OMEMO for a client of `@xmpp/client`. Call it once for each client, before `client.start()`; when
 * the client is online, call `initialize()` of the manager. For several devices on one connection
 * make its `xmppTransport(client)` once, and give it to each as option `transport`.
 * @throws OmemoError `invalid-input` for impossible options.
 */
export function omemo(client: XmppClient, options: OmemoClientOptions): GuardedManager {
  const { backend, store, trust, archive } = options;
  // Beneath the transport: what that holds back is judged when it leaves.
  const guard = guardOf(client, options);
  const transport = options.transport ?? xmppTransport(client, options);
  const manager = new OmemoManager({ backend, store, trust, transport, archive }, options);
  guard.follow(manager);
  return Object.assign(manager, { guard });
}

function guardOf(
  client: XmppClient,
  { guard, store, ...rest }: OmemoClientOptions,
): PlaintextGuard {
  if (guard !== undefined && "follow" in guard) return guard;
  const { account, clock } = rest;
  return plaintextGuard(client, storeGuardTable(store), {
    ...guard,
    ...(account !== undefined && { account }),
    ...(clock !== undefined && { clock }),
  });
}
