import { type Command, textField } from "../command.js";
import type { Peer } from "../peer.js";

/** Signs and publishes another label for this device; without one it has none. */
export async function label(peer: DevicesOf, command: Command): Promise<null> {
  const text = command.label === undefined ? undefined : textField(command, "label");
  await peer.manager.devices.setLabel(text);
  return null;
}

/** What commands about our own devices work with. */
export interface DevicesOf {
  readonly manager: Pick<Peer["manager"], "devices">;
}
