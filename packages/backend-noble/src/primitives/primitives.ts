/** Message key seed and next key of a chain [W-41]. */
export interface ChainStep {
  /** 32 bytes: HMAC(chain key, 01). */
  readonly seed: Uint8Array;
  /** 32 bytes: HMAC(chain key, 02). */
  readonly next: Uint8Array;
}

/**
 * The cryptography that the ratchet stands on: synchronous, raw bytes in and out. Inputs are never
 * changed, outputs are fresh. Hostile input answers `undefined` or `false`, never an exception.
 */
export interface Primitives {
  readonly name: "noble" | "native";
  /** What an operation on the curve counts, in units of work of about 10 µs. */
  readonly agreementCost: number;
  /** 32 bytes. */
  sha256(data: Uint8Array): Uint8Array;
  /** HMAC-SHA-256 over the concatenation of both parts, 32 bytes; a key of 32 bytes. */
  hmac(key: Uint8Array, first: Uint8Array, second: Uint8Array): Uint8Array;
  /** Both HMACs of one step of a chain. */
  chainStep(chainKey: Uint8Array): ChainStep;
  /** HMAC(chain key, 02) alone, where nobody will ask for the seed. */
  nextChainKey(chainKey: Uint8Array): Uint8Array;
  /** HKDF-SHA-256; a salt of 32 bytes, which `undefined` says are zero. */
  hkdf(
    keyMaterial: Uint8Array,
    salt: Uint8Array | undefined,
    info: Uint8Array,
    length: number,
  ): Uint8Array;
  /** AES-256-CBC with PKCS#7 padding. */
  encryptCbc(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array): Uint8Array;
  /** `undefined` for a length that is no multiple of 16, or a wrong padding. */
  decryptCbc(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined;
  /** The u-coordinate that belongs to a private key, 32 bytes. */
  publicKey(privateKey: Uint8Array): Uint8Array;
  /** X25519, 32 bytes; `undefined` when the result would be all zero [W-08, O2-10]. */
  agree(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined;
  /** RFC 8032, strict: `publicKey` is 32 bytes in Ed25519 form. */
  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
}
