import type { Peer } from "../peer.js";

/** Lets messages that arrive wait, undecrypted. */
export async function pause({ manager }: Peer): Promise<null> {
  await manager.pause();
  return null;
}

/** Takes what waited, and what arrives from now on. */
export async function resume({ manager }: Peer): Promise<null> {
  await manager.resume();
  return null;
}
