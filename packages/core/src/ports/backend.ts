import type { Brand } from "../domain/brand.js";
import type { DeviceId, IdentityKey } from "../domain/device.js";
import type { OmemoVersion } from "../domain/version.js";

/** A Curve25519 key pair. */
export interface KeyPair {
  /** 32 bytes, a clamped scalar [W-01]. */
  readonly privateKey: Uint8Array;
  /** 32 bytes, the u-coordinate. */
  readonly publicKey: Uint8Array;
}

/** Opaque to all but the backend that produced it; starts with its format number. */
export type SessionHead = Brand<Uint8Array, "SessionHead">;

/** Skipped keys, archived states: a record of its own beside the head, named by the backend. */
export interface SessionPart {
  /** ASCII letters, digits and `-`, at most 100 characters. */
  readonly name: string;
  readonly value: Uint8Array;
}

/** A head, and those of its parts that were loaded. */
export interface Session {
  readonly version: OmemoVersion;
  readonly head: SessionHead;
  readonly parts: readonly SessionPart[];
}

/** What one commit writes, whole or not at all. */
export interface SessionChange {
  readonly head: SessionHead;
  readonly put: readonly SessionPart[];
  readonly drop: readonly string[];
}

/** What a bundle offers, with the one prekey that was chosen for this session. */
export interface ChosenBundle {
  /** As published: 32 bytes Ed25519 form in OMEMO 2, 33 bytes in the legacy version. */
  readonly identityKey: Uint8Array;
  readonly signedPreKeyId: number;
  /** 32 bytes, Curve25519. */
  readonly signedPreKey: Uint8Array;
  /** 64 bytes. */
  readonly signedPreKeySignature: Uint8Array;
  readonly preKeyId: number | undefined;
  /** 32 bytes, Curve25519. */
  readonly preKey: Uint8Array | undefined;
}

export interface InitiateInput {
  readonly version: OmemoVersion;
  readonly identity: KeyPair;
  /** Our own; the legacy version writes it as registration id [W-22]. */
  readonly deviceId: DeviceId;
  readonly bundle: ChosenBundle;
  /** Kept for receiving only [O2-123, W-86]. */
  readonly existing: Session | undefined;
}

/** A session that can send. */
export interface Initiated {
  readonly kind: "initiated";
  readonly change: SessionChange;
  readonly identityKey: IdentityKey;
}

export interface AcceptInput {
  readonly version: OmemoVersion;
  readonly identity: KeyPair;
  /** Our own; the legacy version writes it as registration id [W-22]. */
  readonly deviceId: DeviceId;
  /** `undefined` when the id that the message names is unknown. */
  readonly signedPreKey: KeyPair | undefined;
  /** `undefined` when unknown, or already deleted because the peer merely repeats its exchange. */
  readonly preKey: KeyPair | undefined;
  readonly existing: Session | undefined;
  /** The whole key exchange message. */
  readonly message: Uint8Array;
}

export interface Sealed {
  readonly change: SessionChange;
  readonly message: Uint8Array;
  readonly isKeyExchange: boolean;
}

export interface Opened {
  readonly kind: "opened";
  readonly change: SessionChange;
  readonly plaintext: Uint8Array;
  /** From the session, never from the message's wrapper [W-90]. */
  readonly identityKey: IdentityKey;
  /** Position in its sending chain, from 0; the heartbeat rule reads it [O2-139]. */
  readonly counter: number;
  /** 32 bytes: the sender's ratchet key, which names the chain [O2-140]. */
  readonly ratchetKey: Uint8Array;
  /** A new session was built from this message, and wants an answer [O2-128]. */
  readonly isNewSession: boolean;
  /** The one-time prekey given was used up and must go [O2-125]. */
  readonly usedPreKey: boolean;
}

/** Load these and call again. Names only parts that were not given; bounded to three rounds. */
export interface NeedsParts {
  readonly kind: "needs-parts";
  readonly names: readonly string[];
}

export type RefusalReason =
  | "malformed"
  | "not-authentic"
  | "duplicate"
  | "too-many-skipped"
  | "no-prekey"
  | "no-signed-prekey"
  | "identity-differs";

/** Hostile or stale input is a value, not an exception. "No session" is the caller's to see. */
export interface Refused {
  readonly kind: "refused";
  readonly reason: RefusalReason;
}

/** Where the ratchet of a session stands; counts and no keys. */
export interface SessionCounters {
  /** Messages in the sending chain. */
  readonly sent: number;
  /** Messages in the sending chain before it. */
  readonly sentBefore: number;
  /** Position that the next message of the newest receiving chain has in it; 0 without one. */
  readonly received: number;
  /** Receiving chains so far. */
  readonly chains: number;
  /** States that were replaced and can still read. */
  readonly archived: number;
  /** The peer has not answered: each message repeats the key exchange [O2-113]. */
  readonly isPending: boolean;
}

/** The part of a backend that knows no sessions. */
export interface KeyFunctions {
  /** A pair whose Ed25519 form has sign bit 0 [O2-09]. */
  generateIdentity(): Promise<KeyPair>;
  /** Yields between slices, so that a hundred of them block nobody. */
  generateKeyPairs(count: number): Promise<readonly KeyPair[]>;
  /** Our key as a bundle carries it: 32 bytes Ed25519 form, or 33 bytes [O2-07, W-02]. */
  encodeIdentityKey(version: OmemoVersion, identity: KeyPair): Uint8Array;
  /** The key that a bundle shows; `undefined` when it is none, or of low order [O2-10, W-15]. */
  decodeIdentityKey(version: OmemoVersion, bytes: Uint8Array): IdentityKey | undefined;
  /** 64 bytes over the version's form of the public prekey [O2-43, W-10]. */
  signPreKey(version: OmemoVersion, identity: KeyPair, preKey: Uint8Array): Promise<Uint8Array>;
  /** 64 bytes over the UTF-8 of a device label, OMEMO 2 only [O2-29]. */
  signLabel(identity: KeyPair, label: string): Promise<Uint8Array>;
  /** `identityKey` in its published form [O2-30]. */
  verifyLabel(identityKey: Uint8Array, label: string, signature: Uint8Array): Promise<boolean>;
}

/** Computes, and nothing else: no store, no network, no clock, no trust. */
export interface OmemoBackend extends KeyFunctions {
  /** Stored beside each session, so a record never reaches the wrong backend. */
  readonly id: string;
  readonly versions: readonly OmemoVersion[];
  /** Verifies the bundle's signature first, always [O2-39f, W-33]. */
  initiate(input: InitiateInput): Promise<Initiated | NeedsParts | Refused>;
  /** A key exchange: a new session, or one more message of a known one [O2-121, W-90]. */
  accept(input: AcceptInput): Promise<Opened | NeedsParts | Refused>;
  /** One plaintext for many sessions; answers in the order given, yields every few milliseconds. */
  encryptFor(sessions: readonly Session[], plaintext: Uint8Array): Promise<readonly Sealed[]>;
  decrypt(session: Session, message: Uint8Array): Promise<Opened | NeedsParts | Refused>;
  /** For traces, where the head alone tells. @throws OmemoError `store-failure` */
  countersOf?(session: Session): SessionCounters;
}
