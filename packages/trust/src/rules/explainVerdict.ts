import type { TrustReason, Verdict } from "./rule.js";

const SENTENCES: Readonly<Record<Exclude<TrustReason, "decided">, string>> = {
  compared: "Trusted, because the key was compared.",
  "vouched-for": "Decided by another device that you trust.",
  blind: "Trusted without a check, as every key that nobody decided about.",
  "first-key": "Trusted, because it is the first key that this device showed.",
  "changed-key": "Not trusted yet: the device showed another key before.",
  "new-device": "Not trusted yet: the device is new in an account that was known before.",
  "account-has-compared-keys":
    "Not trusted yet: other keys of this account were compared, and this one was not.",
  listed: "Trusted, because the account or its domain is on the list.",
  "not-listed": "Distrusted, because neither the account nor its domain is on the list.",
  pinned: "Trusted, because this key is one of those expected of the account.",
  "not-pinned": "Distrusted, because other keys are expected of this account.",
  "not-compared": "Not trusted here: this conversation is for compared keys only.",
  "nobody-decided": "Not trusted yet: nobody decided about this key.",
};

/** One English sentence for people; the reason itself is for programs. */
export function explainVerdict({ reason, level, state }: Verdict): string {
  if (reason !== "decided") return SENTENCES[reason];
  return `${state === "trusted" ? "Trusted" : "Distrusted"} by a decision: "${level ?? state}".`;
}
