import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { type RecordKey, type RecordVersion, recordName, toHex, toUtf8 } from "@omemo/core";
import { NONCE_LENGTH, openRecord, sealRecord } from "../record/sealRecord.js";
import type { StoreKeys } from "../record/storeKeys.js";

/** Where the sum of all records lies in the inner store. */
export const LEDGER_KEY: RecordKey = ["sealed-ledger"];

/** What the ledger record says: one sum over every record, so that each of them is the newest. */
export interface LedgerEntry {
  /** Commits since the store was made. */
  readonly sequence: number;
  /** Of the fingerprints of all records, modulo 2^256. */
  readonly sum: bigint;
}

/** The entry, and what it sums up, as this process knows it. */
export interface Ledger extends LedgerEntry {
  readonly version: RecordVersion;
  /** Nonce of each sealed record, in hex, by the name of its hidden key. */
  readonly nonces: Map<string, string>;
}

export const EMPTY_LEDGER: LedgerEntry = { sequence: 0, sum: 0n };

const MODULUS = 1n << 256n;
const ENTRY_LENGTH = 40;

/** The nonce is drawn anew for each sealing, so it tells every state of a record from the others. */
export function nonceOf(sealed: Uint8Array): string {
  return toHex(sealed.subarray(1, 1 + NONCE_LENGTH));
}

/** Nobody without the key can find other records with the same sum. */
export function fingerprint(keys: StoreKeys, name: string, nonce: string): bigint {
  return BigInt(`0x${toHex(hmac(sha256, keys.ledger, toUtf8(`${name}${nonce}`)))}`);
}

export function addTo(sum: bigint, added: bigint): bigint {
  return (sum + added) % MODULUS;
}

export function takeFrom(sum: bigint, taken: bigint): bigint {
  return (sum + MODULUS - taken) % MODULUS;
}

/** Sealed like a record, for a place where no other lies. */
export function sealLedger(
  keys: StoreKeys,
  { sequence, sum }: LedgerEntry,
  nonce: Uint8Array,
): Uint8Array {
  const entry = new Uint8Array(ENTRY_LENGTH);
  const view = new DataView(entry.buffer);
  view.setBigUint64(0, BigInt(sequence));
  for (let word = 0; word < 4; word += 1) {
    view.setBigUint64(8 + 8 * word, BigInt.asUintN(64, sum >> BigInt(64 * (3 - word))));
  }
  return sealRecord(keys.values, LEDGER_KEY, recordName(LEDGER_KEY), entry, nonce);
}

/** `undefined` for what was not sealed with these keys as a ledger. */
export function openLedger(keys: StoreKeys, sealed: Uint8Array): LedgerEntry | undefined {
  const opened = openRecord(keys.values, LEDGER_KEY, sealed);
  if (typeof opened === "string" || opened.value.length !== ENTRY_LENGTH) return undefined;
  const view = new DataView(opened.value.buffer, opened.value.byteOffset);
  let sum = 0n;
  for (let word = 0; word < 4; word += 1) sum = (sum << 64n) | view.getBigUint64(8 + 8 * word);
  return { sequence: Number(view.getBigUint64(0)), sum };
}
