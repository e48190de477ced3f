import type { OmemoStore, UndecidedPolicy } from "@omemo/core";
import {
  type AuditEntry,
  allowListTrust,
  askAbout,
  blindTrust,
  blindTrustBeforeVerification,
  comparedOnlyTrust,
  manualTrust,
  pinnedTrust,
  readAuditLog,
  storeTable,
  type TrustPolicy,
  type TrustTable,
  trustOnFirstUse,
} from "@omemo/trust";
import type { Options } from "../options.js";
import type { Questions } from "./questions.js";
import { asUsage, readAccounts, readPins } from "./readAccounts.js";

/** What decides about keys, and what was decided. */
export interface OpenedTrust {
  readonly policy: TrustPolicy;
  /** What the manager does about keys that nobody decided about. */
  readonly undecided: UndecidedPolicy;
  readLog(): Promise<readonly AuditEntry[]>;
}

/**
 * The policy that the options ask for. All keep their decisions, and a log of them, in the store of
 * the program, so that another run may use another policy.
 * @throws UsageError when the accounts or keys that it is about cannot be read.
 */
export function openTrust(
  options: Pick<Options, "trust" | "jid">,
  store: OmemoStore,
  questions: Pick<Questions, "ask">,
): OpenedTrust {
  const policy = asUsage(() => policyOf(options, storeTable(store, { audit: true })));
  const asks = options.trust.policy === "always-ask";
  return {
    policy,
    undecided: asks ? askAbout(policy, questions.ask) : "stop",
    readLog: () => readAuditLog(store),
  };
}

function policyOf(
  { trust: { policy, whom = "" }, jid }: Pick<Options, "trust" | "jid">,
  table: TrustTable,
): TrustPolicy {
  switch (policy) {
    case "manual":
    case "always-ask":
      return manualTrust(table);
    case "blind":
      return blindTrust(table);
    case "tofu":
      return trustOnFirstUse(table);
    case "btbv":
      return blindTrustBeforeVerification(table);
    case "allow-list":
      // Without our own account, our other devices would not read what we write.
      return allowListTrust(table, [jid, ...readAccounts(whom)]);
    case "pinned":
      return pinnedTrust(table, readPins(whom));
    case "verified-only": {
      const strict = new Set(readAccounts(whom));
      return comparedOnlyTrust(table, (jid) => strict.size === 0 || strict.has(jid));
    }
  }
}
