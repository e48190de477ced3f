import type { OmemoBackend, OmemoVersion, Session } from "@omemo/core";

/** What a replay fixes, so that every byte that is sent can be compared. */
export interface ReplayOptions {
  /** Private keys of the transcript, in the order in which they are drawn. */
  readonly randomBytes: (length: number) => Uint8Array;
  /** What the party sends about its previous chain: the count, or the index of the last message. */
  readonly previousCounter: "count" | "last-index";
  /** First byte of its legacy messages. */
  readonly legacyVersionByte: number;
}

/** A chain of message keys; both keys have 32 bytes. */
export interface SubjectChain {
  readonly ratchetKey: Uint8Array;
  readonly key: Uint8Array;
  readonly counter: number;
}

/** A look into a session, for transcripts that say what must be in it. */
export interface SubjectSession {
  readonly rootKey: Uint8Array;
  readonly previousCounter: number;
  readonly sending: SubjectChain;
  /** Oldest first; `held` are the counters of skipped messages whose keys are kept. */
  readonly receiving: readonly (SubjectChain & { readonly held: readonly number[] })[];
  /** Its messages still carry the key exchange. */
  readonly isPending: boolean;
  /** Whether it was built from an exchange with that base key of 32 bytes. */
  isBuiltFrom(baseKey: Uint8Array): boolean;
}

/** The functions below the port that vectors name values of. All keys have 32 bytes. */
export interface SubjectCrypto {
  hmac(key: Uint8Array, first: Uint8Array, second: Uint8Array): Uint8Array;
  hkdf(keyMaterial: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array;
  chainStep(chainKey: Uint8Array): { readonly seed: Uint8Array; readonly next: Uint8Array };
  encryptCbc(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array): Uint8Array;
  publicKey(privateKey: Uint8Array): Uint8Array;
  agree(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined;
  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
  /** X3DH over its three or four agreements. */
  keyAgreement(
    version: OmemoVersion,
    pairs: readonly (readonly [privateKey: Uint8Array, publicKey: Uint8Array])[],
  ): { readonly rootKey: Uint8Array; readonly chainKey: Uint8Array } | undefined;
  rootStep(
    version: OmemoVersion,
    rootKey: Uint8Array,
    privateKey: Uint8Array,
    publicKey: Uint8Array,
  ): { readonly rootKey: Uint8Array; readonly chainKey: Uint8Array } | undefined;
  messageKeys(
    version: OmemoVersion,
    seed: Uint8Array,
  ): { readonly cipherKey: Uint8Array; readonly macKey: Uint8Array; readonly iv: Uint8Array };
  edwardsPublicKey(privateKey: Uint8Array): Uint8Array;
  toEdwards(u: Uint8Array, signBit: number): Uint8Array | undefined;
  toMontgomery(edwards: Uint8Array): Uint8Array | undefined;
  signXEdDsa(privateKey: Uint8Array, message: Uint8Array, random: Uint8Array): Uint8Array;
  signEd25519(privateKey: Uint8Array, message: Uint8Array, random: Uint8Array): Uint8Array;
  verifyXEdDsa(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
}

/** What the vectors are run against. */
export interface VectorSubject {
  /** Stands in every line of the report. */
  readonly name: string;
  createBackend(options: ReplayOptions): OmemoBackend;
  /** `undefined`: the states in transcripts are reported as not covered. */
  readonly inspect?: (session: Session) => SubjectSession;
  /** `undefined`: the files about single functions are reported as not covered. */
  readonly crypto?: SubjectCrypto;
}
