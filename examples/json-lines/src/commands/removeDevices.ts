import type { DeviceId, OmemoVersion } from "@omemo/core";
import type { Command } from "../command.js";
import { describeError } from "../describeError.js";
import type { DevicesOf } from "./label.js";

/** What became of our list of one version. */
interface DescribedEdit {
  readonly ns: OmemoVersion;
  readonly removed: readonly DeviceId[];
  readonly error: string | null;
}

/** Takes other devices of our own account off the lists, as the user decided. */
export async function removeDevices(
  peer: DevicesOf,
  command: Command,
): Promise<readonly DescribedEdit[]> {
  const edits = await peer.manager.devices.remove(devicesField(command));
  return edits.map(({ version, removed, error }) => {
    const text = error === undefined ? null : String(describeError(error).error);
    return { ns: version, removed, error: text };
  });
}

function devicesField({ devices }: Command): readonly number[] {
  if (Array.isArray(devices) && devices.every((id) => typeof id === "number")) return devices;
  throw new Error('"devices" is a list of ids');
}
