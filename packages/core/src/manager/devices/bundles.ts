import type { SkipReason } from "../../domain/delivery.js";
import type { OmemoDevice } from "../../domain/device.js";
import { isOmemoError } from "../../domain/error.js";
import { LEGACY, type OmemoVersion } from "../../domain/version.js";
import { type Bundle, readBundle } from "../../wire/bundle.js";
import { bundleNode } from "../../wire/namespaces.js";
import type { Context } from "../context.js";
import { within } from "../scheduling/within.js";

export type FetchedBundle =
  | { readonly kind: "bundle"; readonly bundle: Bundle }
  | { readonly kind: "skip"; readonly reason: SkipReason };

/** Remembers for a short time which devices have no usable bundle [O2-39b, L-24]. */
export interface BundleSource {
  fetch(device: OmemoDevice, version: OmemoVersion, signal?: AbortSignal): Promise<FetchedBundle>;
  /** After a bundle turned out to be badly signed. */
  reject(device: OmemoDevice, version: OmemoVersion): void;
}

/** Failures remembered at a time; the oldest is forgotten first. */
const MAX_FAILURES = 1000;

export function createBundleSource(context: Context): BundleSource {
  const failures = new Map<string, { readonly until: number; readonly reason: SkipReason }>();
  const nameOf = (device: OmemoDevice, version: OmemoVersion): string =>
    `${version} ${device.jid} ${device.deviceId}`;
  const fail = (device: OmemoDevice, version: OmemoVersion, reason: SkipReason): FetchedBundle => {
    const until = context.clock.now() + context.limits.bundleFailurePause;
    failures.set(nameOf(device, version), { until, reason });
    const [oldest] = failures.keys();
    if (failures.size > MAX_FAILURES && oldest !== undefined) failures.delete(oldest);
    return { kind: "skip", reason };
  };
  return {
    fetch: async (device, version, signal) => {
      const failure = failures.get(nameOf(device, version));
      if (failure !== undefined && context.clock.now() < failure.until) {
        return { kind: "skip", reason: failure.reason };
      }
      failures.delete(nameOf(device, version));
      const fetched = await fetchBundle(context, device, version, signal);
      return fetched.kind === "skip" ? fail(device, version, fetched.reason) : fetched;
    },
    reject: (device, version) => {
      fail(device, version, "invalid-bundle");
    },
  };
}

/** One device's failure is a reason for that device, never for the message [O2-115]. */
async function fetchBundle(
  context: Context,
  device: OmemoDevice,
  version: OmemoVersion,
  signal: AbortSignal | undefined,
): Promise<FetchedBundle> {
  const { node, itemId } = bundleNode(version, device.deviceId);
  // Legacy clients name the one item of their node as they like [Q-01, Q-02, L-23].
  const wanted = version === LEGACY ? undefined : itemId;
  try {
    const payload = await within(context, signal, (until) =>
      context.transport.fetchItem(device.jid, node, wanted, until),
    );
    if (payload === undefined) return { kind: "skip", reason: "no-bundle" };
    const bundle = readBundle(version, payload);
    return "kind" in bundle
      ? { kind: "skip", reason: "invalid-bundle" }
      : { kind: "bundle", bundle };
  } catch (error) {
    if (isOmemoError(error) && error.code === "transport-failure") {
      return { kind: "skip", reason: "fetch-failed" };
    }
    throw error;
  }
}
