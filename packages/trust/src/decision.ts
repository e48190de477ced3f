import {
  OmemoError,
  type OmemoIdentity,
  type RecordKey,
  type StoredRecord,
  type TrustState,
} from "@omemo/core";

/** First byte of every decision. */
const FORMAT = 1;
/** Second and last byte: the place of the state in this list. */
const STATES: readonly TrustState[] = ["undecided", "untrusted", "trusted"];

/** Where the decision on a key lies: bound to account and key, whatever device shows it [O2-109]. */
export function decisionKey({ jid, fingerprint }: OmemoIdentity): RecordKey {
  return ["trust", jid, fingerprint];
}

/** @throws {@link OmemoError} `invalid-input` for what is no trust state. */
export function encodeDecision(state: TrustState): Uint8Array {
  const place = STATES.indexOf(state);
  if (place === -1) throw new OmemoError("invalid-input", "there is no such trust state");
  return Uint8Array.of(FORMAT, place);
}

/**
 * `undefined` where nothing was decided yet. What cannot be read is an error: to take it for
 * undecided, or worse for trusted, would be a decision that nobody made.
 *
 * @throws {@link OmemoError} `store-failure`.
 */
export function decodeDecision(record: StoredRecord | undefined): TrustState | undefined {
  if (record === undefined) return undefined;
  const [format, place = -1] = record.value;
  const state = STATES[place];
  if (format !== FORMAT || record.value.length !== 2 || state === undefined) {
    throw new OmemoError(
      "store-failure",
      "a trust decision cannot be read; it may come from a newer version of @omemo/trust",
    );
  }
  return state;
}
