/** A key pair of a party, as a transcript writes it. */
export interface TranscriptKey {
  readonly id: number;
  readonly private?: string;
  readonly public: string;
}

/** A party before step 0. What it cannot be replayed with is left out. */
export interface TranscriptParty {
  readonly name: string;
  readonly deviceId: number;
  readonly registrationId?: number;
  readonly identityPrivate?: string;
  /** Legacy: 33 bytes. */
  readonly identityPublic?: string;
  /** OMEMO 2: 32 bytes each. */
  readonly identityEd25519?: string;
  readonly identityCurve25519?: string;
  readonly signedPreKeys?: readonly TranscriptKey[];
  readonly preKeys?: readonly TranscriptKey[];
}

export interface InitiateStep {
  readonly op: "initiate";
  readonly actor: string;
  readonly bundle: {
    readonly identityKey: string;
    readonly signedPreKeyId: number;
    readonly signedPreKeyPublic: string;
    readonly signedPreKeySignature: string;
    readonly preKeyId: number | null;
    readonly preKeyPublic: string | null;
  };
  readonly baseKeyPrivate?: string;
  readonly ephemeralKeyPrivate?: string;
  readonly ratchetKeyPrivate?: string;
  readonly expect: { readonly outcome: string; readonly acceptable?: readonly string[] };
}

export interface EncryptStep {
  readonly op: "encrypt";
  readonly actor: string;
  readonly plaintext: string;
  readonly type: string;
  readonly message: string;
  readonly counter?: number;
}

export interface ExpectedState {
  readonly rootKey: string;
  readonly previousCounter: number;
  readonly sender: ExpectedChain;
  readonly receivers: readonly (ExpectedChain & { readonly skipped: ExpectedSkipped })[];
  readonly pendingPreKey: unknown;
  readonly baseKey: string;
}

export interface ExpectedChain {
  readonly ratchetPublic: string;
  readonly index: number;
  readonly chainKey: string;
}

export type ExpectedSkipped =
  | readonly number[]
  | { readonly count: number; readonly first: number; readonly last: number };

export interface DecryptStep {
  readonly op: "decrypt";
  readonly actor: string;
  readonly type: string;
  readonly message: string;
  readonly newRatchetKeyPrivate?: string;
  readonly before?: {
    readonly removeSignedPreKeys?: boolean;
    readonly removeSignedPreKey?: number;
  };
  readonly expect: {
    readonly outcome: string;
    readonly acceptable?: readonly string[];
    readonly plaintext?: string;
    readonly preKeyConsumed?: number;
    readonly state?: ExpectedState;
    readonly heartbeat?: boolean;
    readonly neverReportIdentity?: string;
  };
}

export type TranscriptStep = InitiateStep | EncryptStep | DecryptStep;

/** A captured conversation of `omemo-vectors/*-transcript/1`. */
export interface Transcript {
  readonly format: string;
  readonly id: string;
  readonly parties: Readonly<Record<string, TranscriptParty>>;
  readonly steps: readonly TranscriptStep[];
  readonly finalState?: Readonly<Record<string, ExpectedState>>;
}
