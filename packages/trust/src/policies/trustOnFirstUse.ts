import type { OmemoStore } from "@omemo/core";
import type { TrustTable } from "../decisions/decision.js";
import { firstOf } from "../rules/rule.js";
import { asDecided, onFirstUse } from "../rules/rules.js";
import { type TrustPolicy, type TrustPolicyOptions, trustPolicy } from "../trustPolicy.js";

export interface FirstUseOptions extends Pick<TrustPolicyOptions, "levels"> {
  /**
   * What of devices that an account shows later than its first ones: `trust` (default), so that
   * people may get new phones, or `ask`, so that a server that adds one is noticed.
   */
  readonly newDevices?: "trust" | "ask";
}

/**
 * Trusts the first key of each device, and remembers it durably before anything is sent to it:
 * another key of the same device is `undecided`, for ever [O2-109]. `where` as for `manualTrust`.
 */
export function trustOnFirstUse(
  where: OmemoStore | TrustTable,
  { newDevices = "trust", levels = {} }: FirstUseOptions = {},
): TrustPolicy {
  const rule = firstOf(asDecided, onFirstUse(newDevices));
  return trustPolicy(where, rule, { levels, facts: ["account", "first-key"] });
}
