import { formatFingerprint, type OmemoFingerprint } from "@omemo/core";
import { colorFingerprint } from "@omemo/trust/verification";
import { type Command, textField } from "../command.js";
import type { Peer } from "../peer.js";

/** A key as people compare it. */
interface ShownFingerprint {
  readonly device: number;
  readonly key: OmemoFingerprint;
  /** Eight groups of eight digits. */
  readonly text: string;
  /** The same groups, each with its colour as `#rrggbb`. */
  readonly groups: ReturnType<typeof colorFingerprint>;
}

/** The keys that are known of an account; without `jid` that of this device. */
export async function showFingerprint(
  { manager }: Peer,
  command: Command,
): Promise<readonly ShownFingerprint[]> {
  if (command.jid === undefined) {
    return [shown(manager.getOwnDevice().deviceId, manager.getOwnFingerprint())];
  }
  const known = await manager.getDevicesOf(textField(command, "jid"));
  return known.flatMap(({ device, fingerprint }) => {
    return fingerprint === undefined ? [] : [shown(device.deviceId, fingerprint)];
  });
}

function shown(device: number, key: OmemoFingerprint): ShownFingerprint {
  return { device, key, text: formatFingerprint(key), groups: colorFingerprint(key) };
}
