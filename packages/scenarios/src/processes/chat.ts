import type { ChildDevice } from "./childDevice.js";
import type { Hub } from "./hub.js";
import type { Peer } from "./peer.js";

/** Texts that one side has under way at a time: enough to be hit in the middle of several. */
const WINDOW = 3;

/** A peer writes to an account and waits for each text to be read, until `isOver`. */
export async function chatFromPeer(
  hub: Hub,
  peer: Peer,
  to: string,
  isOver: () => boolean,
): Promise<void> {
  await hub.until(`${to} to have a device`, () => hub.ledger.devices.has(to));
  await severally(async () => {
    while (!isOver()) {
      const { text } = await peer.send(to);
      await hub.until(`"${text}" to be read`, () => hub.ledger.hasDelivered(to, text));
    }
  });
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
