import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { type RecordKey, recordName, toHex, toUtf8 } from "@omemo/core";
import { closed } from "../storeFailure.js";

/** The collection in the inner store below which all sealed records lie. */
export const RECORDS: RecordKey = ["sealed"];

const SEGMENT_LENGTH = 16;
/** Names are asked for again and again; this many are remembered. */
const MAX_REMEMBERED = 4096;

type KeyedHash = ReturnType<typeof keyedHash>;

/** HMAC-SHA-256 with its key taken in, to be cloned for each use. */
function keyedHash(key: Uint8Array) {
  return hmac.create(sha256, key);
}

/**
 * Turns keys into keys that say nothing: each segment becomes a keyed hash of itself and all before
 * it, so that records with a common prefix keep one, and `list` still works.
 */
export class HiddenNames {
  #keyed: KeyedHash | undefined;
  readonly #remembered = new Map<string, RecordKey>();

  constructor(key: Uint8Array) {
    this.#keyed = keyedHash(key);
  }

  /** @throws OmemoError `invalid-input` for what is no key, `store-failure` after `wipe`. */
  hide(key: RecordKey): RecordKey {
    const name = recordName(key);
    const remembered = this.#remembered.get(name);
    if (remembered !== undefined) return remembered;
    const hidden = this.#compute(key);
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(name, hidden);
    return hidden;
  }

  /** Afterwards no name can be hidden any more. */
  wipe(): void {
    this.#remembered.clear();
    this.#keyed?.destroy();
    this.#keyed = undefined;
  }

  #compute(key: RecordKey): RecordKey {
    if (this.#keyed === undefined) throw closed();
    const hidden: [string, ...string[]] = [RECORDS[0]];
    let before = new Uint8Array(SEGMENT_LENGTH);
    for (const segment of key) {
      // As JSON, in which half of a surrogate pair survives.
      const hash = this.#keyed
        .clone()
        .update(before)
        .update(toUtf8(JSON.stringify(segment)));
      before = hash.digest().slice(0, SEGMENT_LENGTH);
      hidden.push(toHex(before));
    }
    return hidden;
  }
}
