/** A chain of message keys, and the key that names it in messages. */
export interface Chain {
  /** 32 bytes: the public ratchet key of whoever sends in it. */
  readonly ratchetKey: Uint8Array;
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** Of the next message. */
  readonly counter: number;
}

/** The exchange that wraps every message until the peer answers [O2-113, W-72]. */
export interface PendingExchange {
  readonly preKeyId: number | undefined;
  readonly signedPreKeyId: number;
  /** Our device id, for the legacy version [W-22]. */
  readonly registrationId: number;
  /** 32 bytes: the public half of the X3DH ephemeral pair. */
  readonly baseKey: Uint8Array;
}

/** One session of the Double Ratchet; what grows lies in parts that are named after its id. */
export interface SessionState {
  /** Unique among the current state and the archived ones of a session. */
  readonly id: number;
  readonly isInitiator: boolean;
  /** 32 bytes in the form of the version: u-coordinate, or Ed25519 with its sign bit [O2-08]. */
  readonly ownIdentity: Uint8Array;
  /** 32 bytes, same form. */
  readonly peerIdentity: Uint8Array;
  /** 16 bytes of the hash of the base key: recognises repeats of the exchange [O2-121]. */
  readonly exchangeId: Uint8Array;
  readonly pending: PendingExchange | undefined;
  /** 32 bytes. */
  readonly rootKey: Uint8Array;
  /** 32 bytes: our ratchet private key, of `sending`, or of the chain that the next send begins. */
  readonly ownRatchetKey: Uint8Array;
  /** `undefined` after a ratchet step of the peer: our answer chain is made by the next send. */
  readonly sending: Chain | undefined;
  /** What messages of the sending chain carry about the chain before it. */
  readonly previousCounter: number;
  readonly receiving: Chain | undefined;
  /** Receiving chains so far; the current one has this number, the first one has 1. */
  readonly chainNumber: number;
  /** 8 bytes: two of the ratchet key of each older chain that is kept, by slot. */
  readonly olderTags: Uint8Array;
  /** Number of the oldest chain with skipped keys; 0: no keys are held. */
  readonly oldestHeld: number;
}
