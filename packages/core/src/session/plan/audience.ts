import type { SkippedDevice } from "../../domain/delivery.js";
import { isOmemoError, OmemoError } from "../../domain/error.js";
import type { BareJid } from "../../domain/jid.js";

/** Whom a message has to reach. */
export interface Audience {
  readonly own: BareJid;
  readonly recipients: readonly BareJid[];
  /** Whether a single recipient who cannot read it stops the message. */
  readonly mustReachAll: boolean;
  /** Names of the elements that it says, as `{namespace}name`. */
  readonly says?: readonly string[];
}

/** The first of the failures that stop the message: nobody could tell somebody's devices. */
export function findListError(
  { recipients, mustReachAll }: Audience,
  unlisted: ReadonlyMap<BareJid, unknown>,
): unknown {
  // One member whose devices nobody can tell keeps nobody else from reading, unless so wished; but
  // that we are offline is not the member's doing, and he is not to miss what is said.
  const required = [...unlisted].find(([jid, error]) => {
    const isOffline = isOmemoError(error) && error.code === "offline";
    return mustReachAll || isOffline || !recipients.includes(jid);
  });
  return required?.[1];
}

/**
 * A message that reaches no device of a recipient is a failure, never a success (invariant 8).
 * A note to ourselves needs another device of ours.
 */
export function findRecipientError(
  { own, recipients, mustReachAll, says = [] }: Audience,
  reached: ReadonlySet<BareJid>,
  skipped: readonly SkippedDevice[],
): OmemoError | undefined {
  const isOptional = (jid: BareJid): boolean => jid === own && recipients.length > 1;
  const missing = recipients.filter((jid) => !reached.has(jid) && !isOptional(jid));
  const isEnough = !mustReachAll && missing.length < recipients.length;
  if (isEnough || (missing.length === 0 && recipients.length > 0)) return undefined;
  const concerned = skipped.filter(({ device }) => missing.includes(device.jid));
  const devices = concerned.map(({ device }) => device);
  if (devices.length > 0 && concerned.every(({ reason }) => reason === "legacy-needs-body")) {
    const lost = says.join(", ");
    const text = `the recipient's devices read a body and nothing else; there is none in: ${lost}`;
    return new OmemoError("legacy-needs-body", text, { devices });
  }
  const reasons = [...new Set(skipped.map(({ reason }) => reason))].join(", ");
  return new OmemoError(
    "no-recipient-devices",
    devices.length === 0
      ? "the recipient has no OMEMO device"
      : `no device of the recipient can read the message: ${reasons}`,
    { devices },
  );
}
