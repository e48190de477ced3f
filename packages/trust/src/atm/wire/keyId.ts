import { fromHex, type OmemoFingerprint, toHex } from "@omemo/core";
import { edwardsForms, montgomeryForm } from "@omemo/core/wire";

/**
 * The key identifiers of a key, 32 bytes each: the Ed25519 form that OMEMO 2 publishes, first with
 * sign bit 0, as this library makes its keys, then with sign bit 1, as others may have made theirs.
 * The fingerprint does not tell which it is; both are the same key [TM-02, A-23].
 */
export function keyIdsOf(fingerprint: OmemoFingerprint): readonly [Uint8Array, Uint8Array] {
  return edwardsForms(fromHex(fingerprint) ?? new Uint8Array(32));
}

/** What a key identifier may name: nothing tells in which form it was written [TM-02]. */
export interface NamedKey {
  /** When it is an Ed25519 form, as it should be. */
  readonly fingerprint: OmemoFingerprint;
  /** When it is the Curve25519 form: only for a device that is known to show this key. */
  readonly asWritten: OmemoFingerprint;
}

/** `undefined` for what is no key identifier of OMEMO 2. */
export function readKeyId(keyId: Uint8Array): NamedKey | undefined {
  const form = montgomeryForm(keyId);
  if (form === undefined) return undefined;
  return {
    fingerprint: toHex(form) as OmemoFingerprint,
    asWritten: toHex(keyId) as OmemoFingerprint,
  };
}

/** What is meant, where these keys of the owner are known. */
export function meantKey(
  { fingerprint, asWritten }: NamedKey,
  known: ReadonlySet<OmemoFingerprint>,
): OmemoFingerprint {
  return known.has(asWritten) ? asWritten : fingerprint;
}
