import type { XmlElement } from "@omemo/core";
import { writeTrustMessage } from "@omemo/trust/atm";
import { type Bus, type BusDevice, createBus } from "./bus.js";

export const ALICE = "alice@example.org";
export const BOB = "bob@example.org";
export const CAROL = "carol@example.org";

/** Two devices each of Alice and Bob, who know nothing of each other. */
export function scene(): {
  readonly bus: Bus;
  readonly alice: BusDevice;
  readonly laptop: BusDevice;
  readonly bob: BusDevice;
  readonly tablet: BusDevice;
} {
  const bus = createBus();
  return {
    bus,
    alice: bus.device(ALICE, 1),
    laptop: bus.device(ALICE, 2),
    bob: bus.device(BOB, 11),
    tablet: bus.device(BOB, 12),
  };
}

/** Two people compare their devices' keys. */
export async function befriend(a: BusDevice, b: BusDevice): Promise<void> {
  await a.decide(b, "authenticated");
  await b.decide(a, "authenticated");
}

/** The content of a trust message about one device's key. */
export function about(
  device: BusDevice,
  verdict: "trust" | "distrust" = "trust",
): readonly XmlElement[] {
  const { jid, fingerprint } = device.identity;
  return [writeTrustMessage([{ jid, fingerprint, verdict }])];
}

/** The event that says so. */
export function refused(from: BusDevice, reason: string): object {
  return { kind: "refused", from: from.identity, reason };
}

/** How many records of a kind a device keeps. */
export async function recordsUnder({ store }: BusDevice, collection: string): Promise<number> {
  let count = 0;
  for await (const _ of store.list([collection])) count += 1;
  return count;
}
