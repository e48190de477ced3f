import type { BareJid } from "@omemo/core";
import type { TrustKey } from "../../decisions/decision.js";
import type { TrustVerdict } from "../wire/trustMessage.js";

/** That the holder of one key said of another, at a time of its clock, what it decided. */
export interface Statement {
  readonly sender: TrustKey;
  readonly subject: TrustKey;
  readonly verdict: TrustVerdict;
  /** Ms since 1970, as written inside the message [TM-07]. */
  readonly at: number;
}

/** What a person decided here; `release`: that the key is nobody's to be vouched by. */
export interface ManualStep {
  readonly subject: TrustKey;
  readonly verdict: TrustVerdict | "release";
  readonly at: number;
}

/** Tells keys apart: trust belongs to account and key [O2-109]. */
export function nameOf({ jid, fingerprint }: TrustKey): string {
  return `${jid} ${fingerprint}`;
}

/**
 * Who may speak for whom: an own device for the keys of everybody, any other for the keys of its own
 * account [ATM-05]. What a device says of its own key proves nothing, and what others say of the key
 * of this very device is not theirs to decide [ATM-09].
 */
export function maySpeak(own: TrustKey, sender: TrustKey, subject: TrustKey): boolean {
  if (nameOf(sender) === nameOf(subject) || nameOf(own) === nameOf(subject)) return false;
  return sender.jid === own.jid || sender.jid === subject.jid;
}

/** The keys that are known to be the right ones, by account. */
export type AuthenticatedKeys = ReadonlyMap<BareJid, readonly TrustKey[]>;
