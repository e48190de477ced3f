import type { DeliveryEntry, PlannedDevice, SkippedDevice } from "../../domain/delivery.js";
import type { DeliveryPlan } from "../../domain/deliveryPlan.js";
import { findListError, findRecipientError } from "../../session/plan/audience.js";
import { unreachedMembers } from "../../session/plan/unreached.js";
import { retryOnConflict } from "../../store/retryOnConflict.js";
import type { Context } from "../context.js";
import type { BundleSource } from "../devices/bundles.js";
import { refuseOptedOut } from "../optOut/refuseOptedOut.js";
import { breathe } from "../scheduling/breathe.js";
import type { Target } from "../sending/gather.js";
import { audienceOf, type EncryptRequest, prepare, undecidedPolicy } from "../sending/prepare.js";
import { allowed, undecidedError } from "../sending/trusted.js";
import { loadTargets, startSession } from "../sessions/startSession.js";
import { findObstacle, toObstacle } from "./obstacle.js";
import { plannedDevice } from "./plannedDevice.js";

/**
 * Does all that sending does up to the commit, and throws the outcome away: no session, no prekey
 * and no ratchet changes. Device lists that were fetched on the way are kept, as always.
 * @throws OmemoError `offline` where it would have to ask and cannot, `aborted`, `store-failure`.
 */
export async function planDelivery(
  context: Context,
  bundles: BundleSource,
  request: EncryptRequest,
): Promise<DeliveryPlan> {
  const audience = audienceOf(context, request);
  const refusal = await findObstacle(() => refuseOptedOut(context, request));
  const { targets, skipped, unlisted } = await prepare(context, bundles, request);
  const listError = findListError(audience, unlisted);
  const decided = await allowed(context, targets, request.to);
  const rehearsed = await retryOnConflict(() => rehearse(context, decided.targets));
  const left = [...skipped, ...decided.skipped, ...rehearsed.skipped];
  const devices: readonly DeliveryEntry[] = [...rehearsed.planned, ...left];
  const reached = new Set(rehearsed.planned.map(({ device }) => device.jid));
  const recipients = request.recipients.filter((jid) => jid !== audience.own);
  return {
    recipients,
    devices,
    unreached: unreachedMembers(recipients, devices, new Set(unlisted.keys())),
    obstacle:
      refusal ??
      (listError === undefined ? undefined : toObstacle(listError)) ??
      undecidedObstacle(context, request, decided.skipped) ??
      findRecipientError(audience, reached, left),
  };
}

/** Each target with the session that it has, or as one that could be started with its bundle. */
async function rehearse(
  context: Context,
  targets: readonly Target[],
): Promise<{
  readonly planned: readonly PlannedDevice[];
  readonly skipped: readonly SkippedDevice[];
}> {
  const { loaded, generation } = await loadTargets(context, targets);
  await breathe(context, targets.length);
  const grant = context.generation.outlook(generation);
  const planned: PlannedDevice[] = [];
  const skipped: SkippedDevice[] = [];
  for (const each of loaded) {
    const result = await startSession(context, each, grant);
    if ("reason" in result) skipped.push(result);
    else planned.push(plannedDevice(each.target, result.isNewSession));
  }
  return { planned, skipped };
}

function undecidedObstacle(
  context: Context,
  request: EncryptRequest,
  skipped: readonly SkippedDevice[],
): DeliveryPlan["obstacle"] {
  if (undecidedPolicy(context, request) === "skip") return undefined;
  const open = skipped.flatMap(({ reason, identity }) => {
    return reason === "undecided" && identity !== undefined ? [identity] : [];
  });
  return open.length === 0 ? undefined : undecidedError(open);
}
