import type { OmemoFingerprint, OmemoIdentity, TrustState } from "@omemo/core";

/** What may be decided about a key without levels of one's own. `authenticated`: it was compared. */
export type BuiltInLevel = "undecided" | "untrusted" | "trusted" | "authenticated";

/** What a level means to the manager, and to policies that ask for compared keys. */
export interface LevelMeaning {
  readonly state: TrustState;
  /** Whether the key is known to be the right one. Default: no. */
  readonly isAuthenticated?: boolean;
}

/** Levels by name, such as `met-in-person`; the built-in ones are always there. */
export type TrustLevels = Readonly<Record<string, LevelMeaning>>;

/**
 * Who decided: a person, the policy when it first saw the key, or another device's trust message. With
 * the level it tells authenticated, trusted and distrusted keys apart, by hand or not [ATM-12].
 */
export type DecisionOrigin = "person" | "first-use" | "trust-message";

export interface Decision {
  /** One of the {@link TrustLevels}. */
  readonly level: string;
  readonly origin: DecisionOrigin;
}

/** Said beside a decision, for the audit log. */
export interface DecisionNote {
  /** Who decided, in the application's own terms. Default: the origin of the decision. */
  readonly by?: string;
  readonly why?: string;
}

/**
 * What a rule looks at beside the decision on a key: whether keys of its account were compared, and
 * which keys devices showed first. Each costs a read.
 */
export type TrustFact = "account" | "first-key";

/** What is remembered of a key; facts that were not asked for are as if nothing was remembered. */
export interface KnownKey {
  readonly decision: Decision | undefined;
  /** Some key of the account, this or another, was compared [ATM-11]. */
  readonly isAccountAuthenticated: boolean;
  /** What this device showed first; `undefined` when nobody noted it yet. */
  readonly firstKey: OmemoFingerprint | undefined;
  /** Some device of the account was noted before. */
  readonly isAccountKnown: boolean;
}

/** A key of an account, and the device that showed it, where one did. */
export type TrustKey = Pick<OmemoIdentity, "jid" | "fingerprint"> &
  Partial<Pick<OmemoIdentity, "deviceId">>;

/** A decision about a key that a device may have shown, or not yet. */
export interface KeyDecision {
  readonly identity: TrustKey;
  readonly decision: Decision;
  /** Whether the level means that the key was compared. */
  readonly isAuthenticated: boolean;
  readonly note: DecisionNote;
}

export interface WrittenDecision extends KeyDecision {
  readonly identity: OmemoIdentity;
}

/**
 * Where decisions are kept: in an `OmemoStore` (see `storeTable`), or a table of the application's.
 * It belongs to one account of ours.
 */
export interface TrustTable {
  /** In the order asked, in one round trip; the `facts` beside the decisions. */
  read(
    identities: readonly OmemoIdentity[],
    facts: ReadonlySet<TrustFact>,
  ): Promise<readonly KnownKey[]>;
  /** Durable when it resolves; `undecided` takes a decision back. */
  write(decision: WrittenDecision): Promise<void>;
  /** Remembers as first keys what these devices show, where nothing is remembered yet. */
  noteFirstKeys(identities: readonly OmemoIdentity[]): Promise<void>;
}
