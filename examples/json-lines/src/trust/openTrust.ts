import type { OmemoManager, OmemoStore, UndecidedPolicy } from "@omemo/core";
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
  trustOnFirstUse,
} from "@omemo/trust";
import {
  type AutomaticTrust,
  type AutomaticTrustEvent,
  automaticTrust,
  type ManagedTrust,
} from "@omemo/trust/atm";
import type { Emit } from "../jsonEvent.js";
import type { Options } from "../options.js";
import { asUsage } from "../usageError.js";
import { describeAutomatic } from "./describeAutomatic.js";
import type { Questions } from "./questions.js";
import { readAccounts, readPins } from "./readAccounts.js";

/** What decides about keys, and what was decided. */
export interface OpenedTrust {
  readonly policy: TrustPolicy;
  /** The same policy, where other devices hear of its decisions. */
  readonly automatic: AutomaticTrust | undefined;
  /** What the manager does about keys that nobody decided about. */
  readonly undecided: UndecidedPolicy;
  readLog(): Promise<readonly AuditEntry[]>;
  /** Lets the policy hear and tell; to be called before logging in. */
  manage(manager: OmemoManager): ManagedTrust;
}

/** Where a policy tells of what it does by itself. */
export interface TrustSurroundings {
  readonly emit: Emit;
  readonly log: (text: string) => void;
  readonly questions: Pick<Questions, "ask">;
}

/** A policy without other devices has nothing to hear and nothing to tell. */
const ALONE: ManagedTrust = {
  idle: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/**
 * The policy that the options ask for. All keep their decisions, and a log of them, in the store of
 * the program, so that another run may use another policy.
 * @throws UsageError when the accounts or keys that it is about cannot be read.
 */
export function openTrust(
  options: Pick<Options, "trust" | "jid">,
  store: OmemoStore,
  { emit, log, questions }: TrustSurroundings,
): OpenedTrust {
  const tell = (event: AutomaticTrustEvent): void => {
    emit(describeAutomatic(event)).catch((error: unknown) => log(`${error}`));
  };
  const policy = asUsage("--trust", () => policyOf(options, store, tell));
  const automatic = "manage" in policy ? policy : undefined;
  const asks = options.trust.policy === "always-ask";
  return {
    policy,
    automatic,
    undecided: asks ? askAbout(policy, questions.ask) : "stop",
    readLog: () => readAuditLog(store),
    manage: (manager) => automatic?.manage(manager) ?? ALONE,
  };
}

function policyOf(
  { trust: { policy, whom = "" }, jid }: Pick<Options, "trust" | "jid">,
  store: OmemoStore,
  onEvent: (event: AutomaticTrustEvent) => void,
): TrustPolicy | AutomaticTrust {
  const table = storeTable(store, { audit: true });
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
    case "atm":
      return automaticTrust(store, { audit: true, onEvent });
    case "allow-list":
      // Without our own account, our other devices would not read what we write.
      return allowListTrust(table, [jid, ...readAccounts(whom)]);
    case "pinned":
      return pinnedTrust(table, readPins(whom));
    case "verified-only":
      return comparedOnlyTrust(table, whom === "" ? () => true : isOneOf(readAccounts(whom)));
  }
}

/** Whether an account or room is among these, or its domain is. */
function isOneOf(names: readonly string[]): (place: string) => boolean {
  const strict = new Set(names);
  return (place) => strict.has(place) || strict.has(place.slice(place.indexOf("@") + 1));
}
