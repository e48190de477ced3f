import type { BareJid } from "@omemo/core";
import type { TrustKey } from "../../decisions/decision.js";
import type { TrustVerdict } from "../wire/trustMessage.js";
import { type AuthenticatedKeys, nameOf } from "./statement.js";

/** A person's decision about a key, which others are to hear of. */
export interface ToldDecision {
  readonly subject: TrustKey;
  readonly verdict: TrustVerdict;
}

/** A device that is to hear of these keys. */
export interface Telling {
  readonly recipient: TrustKey;
  readonly subjects: readonly TrustKey[];
}

/**
 * Whom a manual decision is told: that a key was authenticated, or is distrusted, all others of our
 * devices hear, and of an own key the contacts as well [ATM-01, ATM-02, ATM-03]; and the device whose
 * key was authenticated hears of the keys of our other devices, or, being our own, of all keys. This
 * device's key is to be compared by hand, and nobody hears of its own. Only devices with
 * authenticated keys hear anything [TM-05].
 */
export function whomToTell(
  { subject, verdict }: ToldDecision,
  authenticated: AuthenticatedKeys,
  own: TrustKey,
): readonly Telling[] {
  const isOther = (key: TrustKey): boolean =>
    nameOf(key) !== nameOf(own) && nameOf(key) !== nameOf(subject);
  const keysOf = (jids: Iterable<BareJid>): readonly TrustKey[] =>
    [...jids].flatMap((jid) => authenticated.get(jid) ?? []).filter(isOther);
  if (nameOf(subject) === nameOf(own)) return [];
  const isOwn = subject.jid === own.jid;
  const others = keysOf(isOwn ? authenticated.keys() : [own.jid]);
  const news = others.map((recipient) => ({ recipient, subjects: [subject] }));
  const isIntroduced = verdict === "trust" && others.length > 0;
  return isIntroduced ? [...news, { recipient: subject, subjects: others }] : news;
}
