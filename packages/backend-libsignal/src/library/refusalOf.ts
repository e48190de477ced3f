import { OmemoError, type RefusalReason } from "@omemo/core";
import { ErrorCode } from "@signalapp/libsignal-client";
import type { LibraryFailure } from "./openMessage.js";

/** What the library says of bytes that it cannot read; nearly all of them were refused before. */
const UNREADABLE: readonly RegExp[] = [
  /^protobuf encoding was invalid/,
  /^ciphertext serialized bytes were too short/,
  /^ciphertext version was (too old|unrecognized)/,
  /^bad key (type|length)/,
  /^no key type identifier/,
];

/** A store threw: those of this package do when the library asks for what nobody named. */
const STORE_THREW = /^error in method call/;

/**
 * The reason of the port for a refusal of the library. Prekeys are missed before it is asked.
 * @throws OmemoError `store-failure` when it was the stored session that it could not read.
 */
export function refusalOf({ code, message }: LibraryFailure): RefusalReason {
  if (code === ErrorCode.InvalidSession) {
    throw new OmemoError("store-failure", "a stored session is damaged");
  }
  if (STORE_THREW.test(message)) throw new TypeError(message);
  if (code === ErrorCode.DuplicatedMessage) return "duplicate";
  return UNREADABLE.some((pattern) => pattern.test(message)) ? "malformed" : "not-authentic";
}
