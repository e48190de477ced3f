export { askAbout, type TrustDialog } from "./askAbout.js";
export { type AuditEntry, readAuditLog } from "./audit/auditLog.js";
export type {
  BuiltInLevel,
  Decision,
  DecisionNote,
  DecisionOrigin,
  KeyDecision,
  KnownKey,
  LevelMeaning,
  TrustFact,
  TrustKey,
  TrustLevels,
  TrustTable,
  WrittenDecision,
} from "./decisions/decision.js";
export { type StoreTableOptions, storeTable } from "./decisions/storeTable.js";
export { blindTrust, blindTrustBeforeVerification } from "./policies/blindTrust.js";
export { allowListTrust, comparedOnlyTrust, pinnedTrust } from "./policies/listedTrust.js";
export { manualTrust } from "./policies/manualTrust.js";
export { type FirstUseOptions, trustOnFirstUse } from "./policies/trustOnFirstUse.js";
export { explainVerdict } from "./rules/explainVerdict.js";
export {
  firstOf,
  type KeyFacts,
  type TrustReason,
  type TrustRule,
  type Verdict,
} from "./rules/rule.js";
export {
  asDecided,
  blindly,
  comparedOnly,
  onFirstUse,
  onlyListed,
  pinned,
  untilCompared,
} from "./rules/rules.js";
export {
  type DecisionOptions,
  type TrustExplanation,
  type TrustPolicy,
  type TrustPolicyOptions,
  trustPolicy,
} from "./trustPolicy.js";
