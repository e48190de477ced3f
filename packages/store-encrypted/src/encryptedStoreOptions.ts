import { OmemoError } from "@omemo/core";
import { checkCost, type PassphraseCost } from "./header/passphraseCost.js";

/** Opens with what a person remembers. */
export interface PassphraseLock {
  /** Not empty; compared after Unicode normalization (NFC). */
  readonly passphrase: string;
  /** For a new store or a new passphrase; a store that exists says itself what it costs. */
  readonly cost?: Partial<PassphraseCost>;
}

/** Opens with a key that somebody else keeps: a keychain, a key server, a secret of the service. */
export interface KeyLock {
  /** 32 random bytes. */
  readonly key: Uint8Array;
}

/** How an encrypted store is opened; the lock is a passphrase or a key. */
export type EncryptedStoreOptions = (PassphraseLock | KeyLock) & {
  /** Whose records these are, e.g. the bare JID: a store of another account is refused. */
  readonly account: string;
  /**
   * Whether a single record that is put back to an older state, or taken away, is noticed; default
   * `false`. Decided when the store is made; it costs what the README says.
   */
  readonly detectRollback?: boolean;
  /** Cryptographically strong bytes; default `crypto.getRandomValues`. */
  readonly randomBytes?: (length: number) => Uint8Array;
};

/** A lock that was checked, with all of its cost. */
export type Lock =
  | { readonly kind: "passphrase"; readonly passphrase: string; readonly cost: PassphraseCost }
  | { readonly kind: "key"; readonly key: Uint8Array };

const KEY_LENGTH = 32;

/** @throws {@link OmemoError} `invalid-input` for an empty passphrase, a short key or a cost out of range. */
export function checkLock(lock: PassphraseLock | KeyLock): Lock {
  if ("key" in lock) {
    if (!(lock.key instanceof Uint8Array) || lock.key.length !== KEY_LENGTH) {
      throw new OmemoError("invalid-input", `the key of a store is ${KEY_LENGTH} bytes`);
    }
    return { kind: "key", key: new Uint8Array(lock.key) };
  }
  if (typeof lock.passphrase !== "string" || lock.passphrase === "") {
    throw new OmemoError("invalid-input", "the passphrase of a store must not be empty");
  }
  return { kind: "passphrase", passphrase: lock.passphrase, cost: checkCost(lock.cost ?? {}) };
}

/** @throws {@link OmemoError} `invalid-input` for an empty account. */
export function checkAccount(account: string): string {
  if (typeof account !== "string" || account === "") {
    throw new OmemoError("invalid-input", "name the account that the store belongs to");
  }
  return account;
}

/** @throws {@link OmemoError} `invalid-input` where the platform has no source of random bytes. */
export function strongBytes(length: number): Uint8Array {
  const { crypto } = globalThis;
  if (crypto === undefined) {
    throw new OmemoError("invalid-input", "no crypto.getRandomValues here: pass `randomBytes`");
  }
  return crypto.getRandomValues(new Uint8Array(length));
}
