import type { OmemoStore } from "@omemo/core";
import type { TrustTable } from "../decisions/decision.js";
import { firstOf } from "../rules/rule.js";
import { asDecided, comparedOnly, onlyListed, pinned } from "../rules/rules.js";
import { type TrustPolicy, type TrustPolicyOptions, trustPolicy } from "../trustPolicy.js";

/**
 * For bots: trusts the accounts and domains of a list and nobody else. Keys that were distrusted by
 * a decision stay so; no decision adds an account to the list.
 * @throws OmemoError `invalid-input` for a name that is no address.
 */
export function allowListTrust(
  where: OmemoStore | TrustTable,
  allowed: readonly string[],
): TrustPolicy {
  return trustPolicy(
    where,
    firstOf(
      (key) => (key.decided?.state === "untrusted" ? key.decided : undefined),
      onlyListed(allowed),
    ),
  );
}

/**
 * For organisations: of these accounts exactly the given keys are trusted (fingerprints of 64 hex
 * digits), whatever anybody decides; of all others what was decided.
 * @throws OmemoError `invalid-input` for what is no address or no fingerprint.
 */
export function pinnedTrust(
  where: OmemoStore | TrustTable,
  pins: Readonly<Record<string, readonly string[]>>,
  options: Pick<TrustPolicyOptions, "levels"> = {},
): TrustPolicy {
  return trustPolicy(where, firstOf(pinned(pins), asDecided), options);
}

/**
 * Trusts compared keys alone in the conversations that `isStrict` names, and what was decided in
 * others; in rooms the room is the conversation.
 */
export function comparedOnlyTrust(
  where: OmemoStore | TrustTable,
  isStrict: (conversation: string) => boolean,
  options: Pick<TrustPolicyOptions, "levels"> = {},
): TrustPolicy {
  const applies = comparedOnly(({ conversation }) => {
    return conversation !== undefined && isStrict(conversation);
  });
  return trustPolicy(where, firstOf(applies, asDecided), options);
}
