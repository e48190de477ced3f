import type { OmemoStore } from "@omemo/core";
import type { TrustTable } from "../decisions/decision.js";
import { firstOf } from "../rules/rule.js";
import { asDecided, blindly, untilCompared } from "../rules/rules.js";
import { type TrustPolicy, type TrustPolicyOptions, trustPolicy } from "../trustPolicy.js";

/**
 * Trusts every key that nobody distrusted [O2-105]: protects against servers that only listen, not
 * against one that adds a device of its own. Decisions are kept in `where`, which may be the
 * manager's own store; a key that was distrusted stays so.
 *
 * Its methods reject with `store-failure` when the store cannot be read or written, `setTrust` with
 * `invalid-input` for what is no trust state.
 */
export function blindTrust(
  where: OmemoStore | TrustTable,
  options: Pick<TrustPolicyOptions, "levels"> = {},
): TrustPolicy {
  return trustPolicy(where, firstOf(asDecided, blindly), options);
}

/**
 * Blind trust before verification: trusts every key of an account until one of its keys was
 * compared (`decide(identity, "authenticated")`); from then on all others of that account are
 * undecided, those trusted blindly before as well [ATM-11]. Otherwise as {@link blindTrust}.
 */
export function blindTrustBeforeVerification(
  where: OmemoStore | TrustTable,
  options: Pick<TrustPolicyOptions, "levels"> = {},
): TrustPolicy {
  return trustPolicy(where, firstOf(asDecided, untilCompared), {
    ...options,
    facts: ["account"],
  });
}
