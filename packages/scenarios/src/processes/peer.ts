import { nobleBackend } from "@omemo/backend-noble";
import { memoryStore, OmemoManager, type OmemoVersion } from "@omemo/core";
import { blindTrust } from "@omemo/trust";
import type { SendEntry } from "../network/ledger.js";
import type { Hub } from "./hub.js";
import { PROCESS_LIMITS } from "./processLimits.js";

/** A device in the network's own process, which nobody kills: the other side of the conversation. */
export interface Peer {
  /** `account/resource`. */
  readonly name: string;
  send(to: string): Promise<SendEntry>;
  close(): Promise<void>;
}

export interface PeerOptions {
  readonly account: string;
  readonly resource: string;
  readonly versions: readonly OmemoVersion[];
}

export async function startPeer(
  hub: Hub,
  { account, resource, versions }: PeerOptions,
): Promise<Peer> {
  const { ledger, network, timeline } = hub;
  const name = `${account}/${resource}`;
  const transport = network.connect(account, resource);
  const store = memoryStore();
  const manager = new OmemoManager(
    { backend: nobleBackend(), store, trust: blindTrust(store), transport },
    { versions, limits: PROCESS_LIMITS },
  );
  manager.on("message", (message) => {
    ledger.delivered(name, 0, timeline.now(), message);
    hub.changed();
  });
  manager.on("failure", (failure) => {
    ledger.failed(name, timeline.now(), failure);
    hub.changed();
  });
  transport.listen({ nodes: [], features: [] }, hub.changed);
  await hub.until(`${name} to come online`, () => transport.isOnline);
  await manager.initialize();
  ledger.named(name, manager.getOwnDevice());
  return {
    name,
    send: async (to) => {
      const entry = ledger.begin(name, to);
      entry.sent = await manager.sendMessage(to, entry.text);
      hub.changed();
      return entry;
    },
    close: async () => {
      await manager.idle();
      await manager.close();
      transport.logOut();
    },
  };
}
