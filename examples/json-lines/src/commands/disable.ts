import type { Command } from "../command.js";
import type { Peer } from "../peer.js";

/** What turning OMEMO off and on works with. */
interface Switchable {
  readonly manager: Pick<Peer["manager"], "initialize" | "purgeEverything">;
}

/** Turns OMEMO off: takes this device, or all of the account, off the lists, then the keys. */
export async function disable({ manager }: Switchable, { account }: Command): Promise<null> {
  await manager.purgeEverything({ wholeAccount: account === true });
  return null;
}

/** Turns it on again, with the same identity. */
export async function enable({ manager }: Switchable): Promise<null> {
  await manager.initialize();
  return null;
}
