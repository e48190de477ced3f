import type { DeliveryEntry } from "../../domain/delivery.js";
import type { BareJid } from "../../domain/jid.js";
import type { UnreachedMember } from "../../domain/room.js";

/** Recipients without a device that can read the message. */
export function unreachedMembers(
  recipients: readonly BareJid[],
  entries: readonly DeliveryEntry[],
  unlisted: ReadonlySet<BareJid>,
): readonly UnreachedMember[] {
  const accountsOf = (isSkipped: boolean): ReadonlySet<BareJid> => {
    const chosen = entries.filter(({ action }) => (action === "skip") === isSkipped);
    return new Set(chosen.map(({ device }) => device.jid));
  };
  const reached = accountsOf(false);
  const skipped = accountsOf(true);
  return recipients
    .filter((jid) => !reached.has(jid))
    .map((jid): UnreachedMember => {
      if (unlisted.has(jid)) return { jid, reason: "lists-unavailable" };
      return { jid, reason: skipped.has(jid) ? "devices-skipped" : "no-devices" };
    });
}
