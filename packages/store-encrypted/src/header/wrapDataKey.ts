import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { argon2idAsync } from "@noble/hashes/argon2.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, equalBytes, toUtf8 } from "@omemo/core";
import type { Lock } from "../encryptedStoreOptions.js";
import { encodeTerms, type Header, type HeaderTerms } from "./header.js";

/** What the lock keeps; it never changes while the store lives. */
export interface LockedContent {
  /** 32 random bytes from which all other keys are derived. */
  readonly dataKey: Uint8Array;
  /** Whether the store keeps a ledger. */
  readonly hasLedger: boolean;
}

const DATA_KEY_LENGTH = 32;
const OWNER_END = 64;
const SALT_LENGTH = 16;
const NONCE_LENGTH = 24;
/** Ms of key derivation after which others have their turn. */
const TURN = 8;

/** A header from which the lock, and nothing else, opens the content. */
export async function wrapDataKey(
  lock: Lock,
  account: string,
  { dataKey, hasLedger }: LockedContent,
  randomBytes: (length: number) => Uint8Array,
): Promise<Header> {
  const cost = lock.kind === "passphrase" ? lock.cost : undefined;
  const terms: HeaderTerms = { cost, salt: randomBytes(SALT_LENGTH) };
  const nonce = randomBytes(NONCE_LENGTH);
  const wrappingKey = await deriveWrappingKey(lock, terms);
  const content = concatBytes(dataKey, sha256(toUtf8(account)), Uint8Array.of(hasLedger ? 1 : 0));
  const wrapped = xchacha20poly1305(wrappingKey, nonce, encodeTerms(terms)).encrypt(content);
  return { terms, nonce, wrapped };
}

/** `wrong-secret` also for a header that was changed: nobody can tell the two apart. */
export async function unwrapDataKey(
  lock: Lock,
  account: string,
  { terms, nonce, wrapped }: Header,
): Promise<LockedContent | "wrong-secret" | "other-account"> {
  const wrappingKey = await deriveWrappingKey(lock, terms);
  let content: Uint8Array;
  try {
    content = xchacha20poly1305(wrappingKey, nonce, encodeTerms(terms)).decrypt(wrapped);
  } catch {
    return "wrong-secret";
  }
  const owner = content.subarray(DATA_KEY_LENGTH, OWNER_END);
  if (!equalBytes(owner, sha256(toUtf8(account)))) return "other-account";
  return { dataKey: content.slice(0, DATA_KEY_LENGTH), hasLedger: content[OWNER_END] === 1 };
}

/** RFC 9106 for a passphrase; RFC 5869 for a key, which needs no stretching. */
async function deriveWrappingKey(lock: Lock, { cost, salt }: HeaderTerms): Promise<Uint8Array> {
  if (lock.kind === "key" || cost === undefined) {
    const key = lock.kind === "key" ? lock.key : new Uint8Array(0);
    return hkdf(sha256, key, salt, toUtf8("@omemo/store-encrypted 1 header"), DATA_KEY_LENGTH);
  }
  return await argon2idAsync(toUtf8(lock.passphrase.normalize("NFC")), salt, {
    m: cost.memory,
    t: cost.passes,
    p: cost.lanes,
    dkLen: DATA_KEY_LENGTH,
    asyncTick: TURN,
  });
}
