import type { SkippedDevice } from "../../domain/delivery.js";
import type { OmemoDevice } from "../../domain/device.js";
import { OmemoError } from "../../domain/error.js";
import { bareJid } from "../../domain/jid.js";
import { chooseCandidates } from "../../session/candidates.js";
import { skippedDevice } from "../../session/plan/skippedDevice.js";
import { ownDevice } from "../context.js";
import { currentLists } from "../devices/deviceLists.js";
import type { Runtime } from "../runtime.js";
import { mapBounded } from "../scheduling/mapBounded.js";
import { type EmptyOutcome, sendEmpty } from "../sending/emptyMessage.js";

/** What became of the sessions with an account's devices. */
export interface ReplacedSessions {
  /** A new session was built and announced. */
  readonly replaced: readonly OmemoDevice[];
  /** What there was goes on: no usable bundle, or a distrusted key. */
  readonly skipped: readonly SkippedDevice[];
}

/** @throws OmemoError `no-recipient-devices` */
export async function replaceSession(runtime: Runtime, device: OmemoDevice): Promise<void> {
  const outcome = await runtime.sendEmpty(device, "replace-session");
  if (outcome === "sent") return;
  const text = `the session was not replaced: ${outcome}`;
  throw new OmemoError("no-recipient-devices", text, { devices: [device] });
}

/** Each device in the best version that it announces; those that fail keep nobody from theirs. */
export async function replaceSessionsOf(
  { context, bundles, outbox, requireStarted }: Runtime,
  jid: string,
  signal?: AbortSignal,
): Promise<ReplacedSessions> {
  requireStarted();
  const { limits } = context;
  const lists = await currentLists(context, [bareJid(jid)], signal);
  const candidates = chooseCandidates(lists, ownDevice(context), limits.maxDevicesPerAccount);
  const outcomes = await mapBounded(candidates, limits.parallelFetches, async (candidate) => {
    if (signal?.aborted) throw new OmemoError("aborted", "not all sessions were replaced");
    const request = { ...candidate, purpose: "replace-session" } as const;
    return { ...candidate, outcome: await sendEmpty(context, bundles, outbox, request) };
  });
  return {
    replaced: outcomes.flatMap(({ device, outcome }) => (outcome === "sent" ? [device] : [])),
    skipped: outcomes.flatMap(({ device, outcome }) => skippedFor(device, outcome)),
  };
}

function skippedFor(device: OmemoDevice, outcome: EmptyOutcome): readonly SkippedDevice[] {
  if (outcome === "sent" || outcome === "no-session") return [];
  return [skippedDevice(device, outcome)];
}
