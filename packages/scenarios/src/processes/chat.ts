import type { ChildDevice } from "./childDevice.js";
import type { Hub } from "./hub.js";
import type { Peer } from "./peer.js";

/** Texts that one side has under way at a time: enough to be hit in the middle of several. */
const WINDOW = 3;

/**
 * Peers write to an account as soon as it has a device, and wait for each text to be read; each
 * until its `isOver`.
 */
export async function chatFromPeers(
  hub: Hub,
  peers: readonly Peer[],
  to: string,
  isOver: () => () => boolean,
): Promise<void> {
  const say = async (peer: Peer): Promise<void> => {
    const { text } = await peer.send(to);
    await hub.until(`"${text}" to be read`, () => hub.ledger.hasDelivered(to, text));
  };
  await hub.until(`${to} to have a device`, () => hub.ledger.devices.has(to));
  // One after the other, since two that start sessions at once may take the same prekey.
  for (const peer of peers) await say(peer);
  await Promise.all(
    peers.map((peer) => {
      const isDone = isOver();
      return severally(async () => {
        while (!isDone()) await say(peer);
      });
    }),
  );
}

/** A child writes to an account and waits for each text to leave, until `isOver` or it is dead. */
export async function chatFromChild(
  hub: Hub,
  child: ChildDevice,
  to: string,
  isOver: () => boolean,
): Promise<void> {
  await hub.until("a process to start", () => child.isReady || child.isDead);
  await severally(async () => {
    while (!isOver() && !child.isDead) {
      const { text } = child.send(to);
      await hub.until(`"${text}" to be sent`, () => child.isDead || !child.underWay.has(text));
    }
  });
}

async function severally(talk: () => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: WINDOW }, talk));
}
