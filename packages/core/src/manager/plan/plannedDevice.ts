import type { PlannedDevice } from "../../domain/delivery.js";
import { deviceOf } from "../../session/plan/skippedDevice.js";
import type { Target } from "../sending/gather.js";

/** A target that trust and its session let read the message. */
export function plannedDevice({ identity, version }: Target, isNewSession: boolean): PlannedDevice {
  const action = isNewSession ? "start-session" : "encrypt";
  return { action, device: deviceOf(identity), identity, version, trust: "trusted" };
}
