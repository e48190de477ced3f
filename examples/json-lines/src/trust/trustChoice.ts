import { UsageError } from "../usageError.js";

/** Whether a policy is about certain accounts, which the option then names. */
const POLICIES = {
  manual: "no list",
  "always-ask": "no list",
  blind: "no list",
  tofu: "no list",
  btbv: "no list",
  atm: "no list",
  "allow-list": "list",
  pinned: "list",
  "verified-only": "list or all",
} as const;

/** A policy as the command line names it. */
export type PolicyName = keyof typeof POLICIES;

/** What `--trust` asks for. */
export interface TrustChoice {
  readonly policy: PolicyName;
  /** Accounts, or the file that names them; absent where the policy is about all. */
  readonly whom?: string;
}

/**
 * Reads `NAME` or `NAME:WHOM`.
 * @throws UsageError for a policy that there is not, and when it needs a list or takes none.
 */
export function parseTrustChoice(text: string): TrustChoice {
  const [name = ""] = text.split(":", 1);
  const whom = text.slice(name.length + 1);
  if (!isPolicyName(name)) {
    throw new UsageError(`--trust is one of: ${Object.keys(POLICIES).join(", ")}`);
  }
  const needs = POLICIES[name];
  if (whom === "") {
    if (needs !== "list" && text === name) return { policy: name };
    throw new UsageError(`--trust ${name}: needs addresses or a file behind the colon`);
  }
  if (needs === "no list") throw new UsageError(`--trust ${name} takes nothing behind it`);
  return { policy: name, whom };
}

function isPolicyName(name: string): name is PolicyName {
  return Object.hasOwn(POLICIES, name);
}
