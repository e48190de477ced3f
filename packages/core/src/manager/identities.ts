import type { OmemoIdentity } from "../domain/device.js";
import { type DeviceRecord, keyStatus } from "../session/records/deviceRecord.js";
import type { Context } from "./context.js";

/** After a commit: says so when the device showed this key for the first time [O2-109]. */
export function tellIdentity(
  context: Context,
  identity: OmemoIdentity,
  before: DeviceRecord | undefined,
): void {
  const status = keyStatus(before, identity.fingerprint);
  if (status === "known") return;
  context.events.notify("identity", { identity, isChangedKey: status === "changed" });
}
