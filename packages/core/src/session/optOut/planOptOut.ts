import type { OmemoDevice, OmemoFingerprint } from "../../domain/device.js";
import type { BareJid } from "../../domain/jid.js";
import { OMEMO_2 } from "../../domain/version.js";
import type { TrustState } from "../../ports/trust.js";
import { namespaces } from "../../wire/namespaces.js";
import { readOptOut } from "../../wire/optOut/optOut.js";
import type { InboxRecord } from "../records/inboxRecord.js";
import type { OptOutRecord } from "./optOutRecord.js";

/** Somebody asked for plaintext, or went back to OMEMO [O2-165, O2-168]. */
export interface OptOutChange {
  readonly kind: "opted-out" | "resumed";
  /** The contact; our own account when all conversations are meant. */
  readonly conversation: BareJid;
  /** The contact, or our own account when another device of ours said so. */
  readonly by: BareJid;
  readonly device: OmemoDevice;
  readonly fingerprint: OmemoFingerprint;
  readonly trust: TrustState;
  /** Words of the one who asked, for people to read. */
  readonly reason: string | undefined;
  /** Only a trusted device can change anything; of others this is merely told [O2-169]. */
  readonly isEffective: boolean;
}

/** What a received message does to the conversation that it belongs to. */
export interface OptOutPlan {
  readonly change: OptOutChange;
  /** `undefined`: there is nothing to remember any more. */
  readonly record: OptOutRecord | undefined;
}

/**
 * The rules for a message that was decrypted and verified. An opt-out blocks the conversation until
 * the user decided, also when another device of our own sent it; what was decided already stays. A
 * text that its author encrypted later than he asked for plaintext takes that back. Nothing of this
 * holds in rooms [O2-165 … O2-169, A-21].
 */
export function planOptOut(
  message: InboxRecord,
  record: OptOutRecord | undefined,
  own: BareJid,
  now: number,
): OptOutPlan | undefined {
  if (message.room !== undefined || message.version !== OMEMO_2) return undefined;
  const since = message.sentAt ?? now;
  const asked = readOptOut(message.content);
  if (asked !== undefined) {
    const next: OptOutRecord = { state: "blocked", by: message.from, ...asked, since };
    const isDecided = record?.state === "plain";
    const change = changeOf("opted-out", message, asked.reason);
    return { change, record: isDecided || !change.isEffective ? record : next };
  }
  const resumes = record !== undefined && since > record.since && mayResume(message, record, own);
  if (!resumes || message.trust !== "trusted") return undefined;
  return { change: changeOf("resumed", message, undefined), record: undefined };
}

/** Whoever asked; and once our user agreed to a contact's wish, another device of ours as well. */
function mayResume(message: InboxRecord, { by, state }: OptOutRecord, own: BareJid): boolean {
  const { from, content } = message;
  const isText = content.some(({ name, attrs }) => {
    return name === "body" && attrs.xmlns === namespaces.client;
  });
  return isText && (from === by || (from === own && state === "plain"));
}

function changeOf(
  kind: OptOutChange["kind"],
  { conversation, from: by, device, fingerprint, trust }: InboxRecord,
  reason: string | undefined,
): OptOutChange {
  const isEffective = trust === "trusted";
  return { kind, conversation, by, device, fingerprint, trust, reason, isEffective };
}
