/** What a device publishes, each key as its own family writes it. */
export interface Bundle {
  readonly identityKey: Uint8Array;
  readonly signedPreKeyId: number;
  readonly signedPreKey: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
  readonly preKeyId: number;
  readonly preKey: Uint8Array;
}

export interface Envelope {
  readonly bytes: Uint8Array;
  readonly isKeyExchange: boolean;
}

/**
 * One device of one account, as an application would run it: all state is serialized bytes behind
 * an asynchronous store, and every call loads what it needs and saves what it changed.
 */
export interface Device {
  /** With a fresh one-time prekey each time. */
  publish(): Promise<Bundle>;
  /** From a bundle to a saved session. */
  start(peer: string, bundle: Bundle): Promise<void>;
  /** One answer for each peer, in their order. */
  encrypt(peers: readonly string[], plaintext: Uint8Array): Promise<readonly Envelope[]>;
  decrypt(peer: string, envelope: Envelope): Promise<Uint8Array>;
  /** A device on a copy of the stored state, computing with what is to be measured. */
  copy(): Device;
  /** Stores the session with one peer under another name as well. */
  duplicateSession(peer: string, name: string): void;
  /** Bytes of the record that every message with this peer rewrites. */
  recordSize(peer: string): number;
}

/** One implementation, under the name that the tables show. */
export interface Candidate {
  readonly name: CandidateName;
  /** Made as fast as its family can: only copies of it are measured. */
  createDevice(): Promise<Device>;
}

export type CandidateName =
  | "libsignal 0.72.1"
  | "libsignal 0.23.1"
  | "native, legacy"
  | "noble, legacy"
  | "native, OMEMO 2"
  | "noble, OMEMO 2";
