import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { toHex, toUtf8 } from "../domain/bytes.js";
import type { WebCrypto } from "../ports/surroundings.js";

/** What stands for a name in one trace, and in no other. */
export type Pseudonyms = (kind: "account" | "device" | "key" | "message", name: string) => string;

const SALT_LENGTH = 32;
/** Bytes of a pseudonym: enough to tell thousands apart, too few to be mistaken for a key. */
const LENGTH = 5;
/** Names that are not computed anew; the oldest is forgotten first. */
const MAX_REMEMBERED = 1000;

/**
 * HMAC-SHA-256 under a salt that is never written, cut to 10 hex digits: the same name is the same
 * word throughout a trace, and nobody can try out which name it was.
 */
export function pseudonyms(crypto: Pick<WebCrypto, "getRandomValues">): Pseudonyms {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_LENGTH));
  const remembered = new Map<string, string>();
  return (kind, name) => {
    const whole = `${kind} ${name}`;
    const known = remembered.get(whole);
    if (known !== undefined) return known;
    const word = `${kind}:${toHex(hmac(sha256, salt, toUtf8(whole)).subarray(0, LENGTH))}`;
    remembered.set(whole, word);
    const [oldest] = remembered.keys();
    if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    return word;
  };
}
