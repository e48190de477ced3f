import type { OmemoFingerprint, OmemoIdentity } from "@omemo/core";
import type { FingerprintUri, ShownKey } from "./fingerprintUri.js";

/** What a link proves about the keys that an account shows. Nothing is decided by it. */
export interface KeyComparison {
  /** Whether the link is about the account that it was expected from [TM-10]. */
  readonly isExpectedAccount: boolean;
  /** The device has the key that the link names: `decide(identity, "authenticated")`. */
  readonly matching: readonly OmemoIdentity[];
  /** The device shows another key than the link names: somebody may be in the middle. */
  readonly contradicting: readonly OmemoIdentity[];
  /** Devices of the link that nothing is known of. */
  readonly unknown: readonly ShownKey[];
}

/** Whether two fingerprints are the same; takes as long whatever they differ in [L-82]. */
export function isSameFingerprint(a: OmemoFingerprint, b: OmemoFingerprint): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let index = 0; index < a.length; index += 1) {
    difference |= a.charCodeAt(index) ^ b.charCodeAt(index);
  }
  return difference === 0;
}

/**
 * Compares a scanned link with what the account it is about shows. The user is asked before anything
 * is decided by it, and the account has to be the one that he is looking at [L-83, TM-10].
 */
export function compareKeys(
  { jid, keys }: FingerprintUri,
  expected: string,
  shown: readonly OmemoIdentity[],
): KeyComparison {
  const isExpectedAccount = jid === expected;
  const matching: OmemoIdentity[] = [];
  const contradicting: OmemoIdentity[] = [];
  const unknown: ShownKey[] = [];
  for (const key of keys) {
    const devices = shown.filter((each) => each.jid === jid && each.deviceId === key.deviceId);
    if (devices.length === 0 || !isExpectedAccount) unknown.push(key);
    if (!isExpectedAccount) continue;
    for (const device of devices) {
      const isSame = isSameFingerprint(device.fingerprint, key.fingerprint);
      (isSame ? matching : contradicting).push(device);
    }
  }
  return { isExpectedAccount, matching, contradicting, unknown };
}
