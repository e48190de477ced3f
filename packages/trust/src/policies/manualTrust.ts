import type { OmemoStore } from "@omemo/core";
import type { TrustTable } from "../decisions/decision.js";
import { asDecided } from "../rules/rules.js";
import { type TrustPolicy, type TrustPolicyOptions, trustPolicy } from "../trustPolicy.js";

/**
 * Trusts nobody until a person decided: every new key, a device's changed key included, is
 * `undecided` and stops messages to it [O2-105, O2-109]. Decisions are kept in `where`, which may be
 * the manager's own store. To ask people when it matters, see `askAbout`.
 *
 * Its methods reject with `store-failure` when the store cannot be read or written, `setTrust` with
 * `invalid-input` for what is no trust state.
 */
export function manualTrust(
  where: OmemoStore | TrustTable,
  options: Pick<TrustPolicyOptions, "levels"> = {},
): TrustPolicy {
  return trustPolicy(where, asDecided, options);
}
