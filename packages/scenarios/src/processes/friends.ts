import { type BareJid, bareJid, LEGACY, OMEMO_2 } from "@omemo/core";
import type { Hub } from "./hub.js";
import { type Peer, startPeer } from "./peer.js";

/** The account that the processes under test write to. */
export const FRIEND: BareJid = bareJid("romeo@example.org");

/** Its two devices, one of each version; they know each other. */
export async function startFriends(hub: Hub): Promise<readonly Peer[]> {
  const peers = [
    await startPeer(hub, { account: FRIEND, resource: "phone", versions: [OMEMO_2, LEGACY] }),
    await startPeer(hub, { account: FRIEND, resource: "tablet", versions: [LEGACY] }),
  ];
  await hub.arrived(); // each hears of the other's device
  for (const peer of peers) await peer.send(FRIEND);
  const names = peers.map(({ name }) => name);
  await hub.until("the friend's devices to know each other", () => {
    return names.every((name) => hub.ledger.deliveries.some(({ device }) => device === name));
  });
  return peers;
}
