import type { BareJid, OmemoIdentity, TrustState } from "@omemo/core";
import type { KnownKey } from "../decisions/decision.js";

/** Why a policy answers what it answers; {@link explainVerdict} says it in words. */
export type TrustReason =
  | "decided"
  | "compared"
  | "vouched-for"
  | "blind"
  | "first-key"
  | "changed-key"
  | "new-device"
  | "account-has-compared-keys"
  | "listed"
  | "not-listed"
  | "pinned"
  | "not-pinned"
  | "not-compared"
  | "nobody-decided";

export interface Verdict {
  readonly state: TrustState;
  readonly reason: TrustReason;
  /** The level that somebody chose, where somebody did. */
  readonly level?: string;
}

/** What a rule may look at. */
export interface KeyFacts extends KnownKey {
  readonly identity: OmemoIdentity;
  /** What the decision means; `undefined` where there is none. */
  readonly decided: Verdict | undefined;
  readonly isAuthenticated: boolean;
  /** The account or room that a message goes to; `undefined` when none is being sent. */
  readonly conversation: BareJid | undefined;
}

/** A rule of a policy: a verdict, or `undefined` when it has none and the next rule is asked. */
export type TrustRule = (key: KeyFacts) => Verdict | undefined;

/** Asks one rule after the other; `undecided` when none has a verdict. */
export function firstOf(...rules: readonly TrustRule[]): TrustRule {
  return (key) => {
    for (const rule of rules) {
      const verdict = rule(key);
      if (verdict !== undefined) return verdict;
    }
    return undefined;
  };
}
