import { concatBytes, toUtf8 } from "../domain/bytes.js";
import type { WebCrypto } from "../ports/surroundings.js";
import { type KeyOptions, passphraseKey } from "./passphraseKey.js";

const MAGIC = toUtf8("omemo-backup");
const FORMAT = 1;
/** 128 MiB of memory and about a second: what OWASP asks of scrypt. */
export const DEFAULT_COST = 17;
/** Weaker or dearer files are refused: 16 MiB, 256 MiB. */
const LOWEST_COST = 14;
const HIGHEST_COST = 18;
const SALT_LENGTH = 16;
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;
const SALT_AT = MAGIC.length + 2;
const HEADER_LENGTH = SALT_AT + SALT_LENGTH + NONCE_LENGTH;
/** More than any account has. */
const MAX_LENGTH = 64 * 1024 * 1024;

/** Why a file is no backup that can be read. */
export interface BackupRefused {
  readonly kind: "refused";
  /**
   * `malformed`: no backup, or cut off. `unsupported`: of a newer release, or with parameters that
   * are too weak or too dear. `not-authentic`: another passphrase, or the file was changed.
   */
  readonly reason: "malformed" | "unsupported" | "not-authentic";
}

/** Whether a cost may be asked for and is accepted. */
export function isCost(cost: number): boolean {
  return Number.isInteger(cost) && cost >= LOWEST_COST && cost <= HIGHEST_COST;
}

/** Encrypts under a key from the passphrase: magic, format, cost, salt, nonce, AES-256-GCM. */
export async function sealContainer(
  crypto: WebCrypto,
  plaintext: Uint8Array<ArrayBuffer>,
  passphrase: string,
  cost: number,
  options: KeyOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const random = crypto.getRandomValues(new Uint8Array(SALT_LENGTH + NONCE_LENGTH));
  const header = concatBytes(MAGIC, Uint8Array.of(FORMAT, cost), random);
  const { key, cipher } = await prepare(crypto, header, passphrase, "encrypt", options);
  const sealed = await crypto.subtle.encrypt(cipher, key, plaintext);
  return concatBytes(header, new Uint8Array(sealed));
}

/** The whole header is authenticated; nothing is derived before its parameters are found fit. */
export async function openContainer(
  crypto: WebCrypto,
  bytes: Uint8Array,
  passphrase: string,
  options: KeyOptions,
): Promise<Uint8Array<ArrayBuffer> | BackupRefused> {
  const isOurs = MAGIC.every((byte, index) => bytes[index] === byte);
  const isShort = bytes.length < HEADER_LENGTH + TAG_LENGTH;
  if (!isOurs || isShort || bytes.length > MAX_LENGTH) return refused("malformed");
  const [format, cost = 0] = bytes.subarray(MAGIC.length);
  if (format !== FORMAT || !isCost(cost)) return refused("unsupported");
  const header = new Uint8Array(bytes.subarray(0, HEADER_LENGTH));
  const { key, cipher } = await prepare(crypto, header, passphrase, "decrypt", options);
  const sealed = new Uint8Array(bytes.subarray(HEADER_LENGTH));
  const opened = await crypto.subtle.decrypt(cipher, key, sealed).catch(() => undefined);
  return opened === undefined ? refused("not-authentic") : new Uint8Array(opened);
}

export function refused(reason: BackupRefused["reason"]): BackupRefused {
  return { kind: "refused", reason };
}

async function prepare(
  crypto: WebCrypto,
  header: Uint8Array<ArrayBuffer>,
  passphrase: string,
  usage: "encrypt" | "decrypt",
  options: KeyOptions,
) {
  const salt = header.slice(SALT_AT, SALT_AT + SALT_LENGTH);
  const cost = header[MAGIC.length + 1] as number;
  const bytes = await passphraseKey(passphrase, salt, cost, options);
  const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, [usage]);
  const iv = header.slice(SALT_AT + SALT_LENGTH);
  const cipher = { name: "AES-GCM", iv, additionalData: header, tagLength: 8 * TAG_LENGTH };
  return { key, cipher };
}
