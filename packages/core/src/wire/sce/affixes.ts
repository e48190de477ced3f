import { type BareJid, parseBareJid } from "../../domain/jid.js";
import type { Envelope } from "./envelope.js";

/** An element that binds the content of an envelope to its stanza. */
export type Affix = "from" | "to" | "time";

/** The affixes that a use of envelopes cannot do without. [SCE-02] */
export interface AffixProfile {
  readonly required: readonly Affix[];
}

/** A missing affix is allowed, a wrong one is not. [O2-92, O2-94] */
export const MESSAGE_PROFILE: AffixProfile = Object.freeze({ required: Object.freeze([]) });
/** Trust messages are ordered by their time. [O2-96, TM-06] */
export const TRUST_MESSAGE_PROFILE: AffixProfile = Object.freeze({
  required: Object.freeze(["time"] as const),
});

/** What the stanza around the envelope says; of a carbon or archive result, the inner one. */
export interface ExpectedAffixes {
  /** The sender's account; in a group chat its real address, never the room's. [O2-92] */
  readonly from: BareJid;
  /** Addressee of the stanza; in a group chat the room. [O2-93] */
  readonly to?: BareJid;
  /** Ms since 1970, from a trusted stamp of a delayed stanza. [O2-95] */
  readonly sentAt?: number;
  /** Ms since 1970. */
  readonly now: number;
  /** How far `time` may be from when the stanza was sent, in ms. [O2-96] */
  readonly toleranceMs: number;
  readonly isGroupChat: boolean;
}

/** Whether envelope and stanza belong together. */
export type AffixVerdict =
  /** `time`: the stamp inside is far from when the stanza was sent, or no time. [O2-96] */
  | { readonly kind: "ok"; readonly warnings: readonly "time"[] }
  | { readonly kind: "affix-mismatch"; readonly affix: Affix };

/**
 * Compares the affixes with the stanza around them. Whatever the profile, a message in a group chat
 * must name its room. [O2-92 … O2-97, SCE-15]
 */
export function checkAffixes(
  envelope: Envelope,
  expected: ExpectedAffixes,
  profile: AffixProfile = MESSAGE_PROFILE,
): AffixVerdict {
  const required = expected.isGroupChat ? ["to" as const, ...profile.required] : profile.required;
  const missing = required.find((affix) => envelope[affix] === undefined);
  if (missing !== undefined) return { kind: "affix-mismatch", affix: missing };
  if (!isSameJid(envelope.from, expected.from)) return { kind: "affix-mismatch", affix: "from" };
  const isRecipientKnown = expected.to !== undefined || expected.isGroupChat;
  if (isRecipientKnown && !isSameJid(envelope.to, expected.to)) {
    return { kind: "affix-mismatch", affix: "to" };
  }
  return { kind: "ok", warnings: isTimely(envelope, expected) ? [] : ["time"] };
}

/** An absent affix says nothing; one that names nobody says something wrong. */
function isSameJid(written: string | undefined, expected: BareJid | undefined): boolean {
  return written === undefined || (expected !== undefined && parseBareJid(written) === expected);
}

function isTimely({ stamp, time }: Envelope, expected: ExpectedAffixes): boolean {
  if (stamp === undefined) return true;
  const sentAt = expected.sentAt ?? expected.now;
  return time !== undefined && Math.abs(time - sentAt) <= expected.toleranceMs;
}
