import type { SkipReason } from "../../domain/delivery.js";
import type { OmemoDevice } from "../../domain/device.js";
import type { OmemoVersion } from "../../domain/version.js";
import { currentIdentity, deviceCodec, keyStatus } from "../../session/records/deviceRecord.js";
import { deviceKey } from "../../session/records/recordKeys.js";
import type { Context } from "../context.js";
import type { BundleSource } from "../devices/bundles.js";
import { underLease } from "../generation/underLease.js";
import { reach, type Target } from "./gather.js";
import type { Outbox } from "./outbox.js";
import { sealEmpty } from "./sealEmpty.js";

/** Why a message without content is sent; each has its own conditions. */
export type EmptyPurpose =
  | "answer"
  | "heartbeat"
  | "start-session"
  | "repair"
  | "replace-session"
  | "update";

/** That it left, or why not; an answer belongs to a session, and is pointless without. */
export type EmptyOutcome = "sent" | "no-session" | SkipReason;

export interface EmptyRequest {
  readonly device: OmemoDevice;
  /** Best first. */
  readonly versions: readonly OmemoVersion[];
  readonly purpose: EmptyPurpose;
}

/**
 * Sends an empty OMEMO message or key transport to one device [O2-137, O2-138, L-51]. It carries
 * nothing, so it needs no trust [O2-108]; but nothing is sent to a key that is distrusted, nor, on
 * our own account, to a key that changed and nobody decided about [O2-109, O2-110].
 */
export async function sendEmpty(
  context: Context,
  bundles: BundleSource,
  outbox: Outbox,
  request: EmptyRequest,
): Promise<EmptyOutcome> {
  const target = await findTarget(context, bundles, request);
  if (typeof target === "string") return target;
  const refusal = await refusalOf(context, target, request.purpose);
  if (refusal !== undefined) return refusal;
  const sending = await underLease(context, async () => {
    const sealed = await sealEmpty(context, bundles, target);
    return typeof sealed === "string" ? sealed : { left: outbox.send(sealed) };
  });
  if (typeof sending === "string") return sending;
  await sending.left;
  return "sent";
}

async function findTarget(
  context: Context,
  bundles: BundleSource,
  { device, versions, purpose }: EmptyRequest,
): Promise<Target | Exclude<EmptyOutcome, "sent">> {
  const isReplacement = purpose === "replace-session" || purpose === "repair";
  const [found] = await reach(context, bundles, [{ device, versions }], { isReplacement });
  if (found === undefined) return "no-bundle";
  if ("reason" in found) return found.reason;
  if (isReplacement) return { ...found, isReplacement };
  const needsSession = purpose === "answer" || purpose === "heartbeat";
  if (needsSession && found.bundle !== undefined) return "no-session";
  return { ...found, isAnswer: purpose === "answer" };
}

async function refusalOf(
  context: Context,
  { identity }: Target,
  purpose: EmptyPurpose,
): Promise<SkipReason | undefined> {
  const [stored] = await context.store.get([deviceKey(identity)]);
  const record = stored && deviceCodec.decode(stored);
  const [trust] = await context.trust.getTrust([identity]);
  if (trust === "untrusted") return "untrusted";
  const isAutomatic = purpose !== "replace-session" && purpose !== "update";
  const isChanged =
    keyStatus(record, identity.fingerprint) === "changed" ||
    ((record?.keys.length ?? 0) > 1 &&
      currentIdentity(identity, record)?.fingerprint === identity.fingerprint);
  return isAutomatic && isChanged && trust !== "trusted" ? "undecided" : undefined;
}
