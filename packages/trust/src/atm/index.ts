export {
  type AutomaticTrust,
  type AutomaticTrustOptions,
  automaticTrust,
} from "./automaticTrust.js";
export type { AutomaticTrustEvent, StatementRefusal } from "./events.js";
export type { ManagedTrust } from "./manage.js";
export type { TrustUriChange, TrustUriReview } from "./uri/reviewTrustUri.js";
export type { NamedKey } from "./wire/keyId.js";
export {
  AUTOMATIC_TRUST,
  type HeardVerdict,
  isTrustMessage,
  MAX_KEYS,
  readTrustMessage,
  type SpokenVerdict,
  TRUST_MESSAGES,
  type TrustMessageRefusal,
  type TrustVerdict,
  writeTrustMessage,
} from "./wire/trustMessage.js";
export {
  formatTrustUri,
  parseTrustUri,
  type TrustUri,
  type TrustUriKeys,
} from "./wire/trustUri.js";
