import type { SkippedDevice } from "../../domain/delivery.js";
import type { OmemoIdentity } from "../../domain/device.js";
import { OmemoError } from "../../domain/error.js";
import type { BareJid } from "../../domain/jid.js";
import type { TrustState } from "../../domain/trustState.js";
import { deviceOf, skippedDevice } from "../../session/plan/skippedDevice.js";
import type { Context } from "../context.js";
import type { UndecidedPolicy } from "../options.js";
import type { Target } from "./gather.js";

/** Targets that may read content, and those left out with the reason. */
export interface Decided {
  readonly targets: readonly Target[];
  readonly skipped: readonly SkippedDevice[];
}

/**
 * Trust decides sending (invariant 7). Undecided identities stop the message with the whole list,
 * are left out, or are shown to the application and asked for again [O2-105, O2-112, L-47].
 * @throws OmemoError `undecided-identities`
 */
export async function decide(
  context: Context,
  targets: readonly Target[],
  undecided: UndecidedPolicy,
  conversation: BareJid,
): Promise<Decided> {
  if (typeof undecided === "function") {
    const open = await undecidedOf(context, targets, conversation);
    if (open.length > 0) await undecided(open.map(({ identity }) => identity));
  }
  if (undecided !== "skip") {
    const open = await undecidedOf(context, targets, conversation);
    if (open.length > 0) throw undecidedError(open.map(({ identity }) => identity));
  }
  return allowed(context, targets, conversation);
}

/** Asked again inside the mailbox: a decision may have changed since. */
export async function allowed(
  context: Context,
  targets: readonly Target[],
  conversation: BareJid,
): Promise<Decided> {
  const states = await statesOf(context, targets, conversation);
  const skipped = targets.flatMap((target, index): readonly SkippedDevice[] => {
    const state = states[index];
    if (state === "trusted") return [];
    const reason = state === "untrusted" ? "untrusted" : "undecided";
    const { identity, version } = target;
    return [skippedDevice(deviceOf(identity), reason, { identity, version, trust: reason })];
  });
  return { targets: targets.filter((_, index) => states[index] === "trusted"), skipped };
}

/** With all that a dialog needs. */
export function undecidedError(identities: readonly OmemoIdentity[]): OmemoError {
  const text = `${identities.length} device(s) of the recipients are neither trusted nor distrusted`;
  return new OmemoError("undecided-identities", text, { identities });
}

async function undecidedOf(
  context: Context,
  targets: readonly Target[],
  conversation: BareJid,
): Promise<readonly Target[]> {
  const states = await statesOf(context, targets, conversation);
  return targets.filter((_, index) => states[index] !== "trusted" && states[index] !== "untrusted");
}

function statesOf(
  { trust }: Context,
  targets: readonly Target[],
  conversation: BareJid,
): Promise<readonly TrustState[]> {
  return trust.getTrust(
    targets.map(({ identity }) => identity),
    conversation,
  );
}
