import { toUtf8 } from "@omemo/core";
import { differs, firstOf, hex } from "../compare.js";
import type { VectorChecks } from "../report.js";
import type { SubjectCrypto, VectorSubject } from "../subject.js";
import { backendOf } from "./backendOf.js";

interface SignatureVector {
  readonly kind: string;
  readonly identityEd25519: string;
  readonly identityPrivate?: string;
  readonly label?: string;
  readonly signedPreKeyPublic?: string;
  readonly nonce?: string;
  readonly signature: string;
  readonly valid: boolean;
  readonly note?: string;
}

interface KeyVector {
  readonly privateKey: string;
  readonly curve25519: string;
  readonly ed25519: string;
  readonly signBit?: number;
  readonly ed25519SignBitZero?: string;
  /** Ed25519 seed that the private key was made from. */
  readonly seed?: string;
}

/** `omemo-vectors/omemo2-signatures/1`. */
export interface SignatureFile {
  readonly signatures: readonly SignatureVector[];
  readonly keyConversion?: readonly KeyVector[];
  readonly seedConversion?: readonly KeyVector[];
}

export async function checkSignatures(
  checks: VectorChecks,
  { signatures, keyConversion = [], seedConversion = [] }: SignatureFile,
  subject: VectorSubject,
): Promise<void> {
  for (const [index, vector] of signatures.entries()) {
    const what = `signature ${index} ${vector.note ?? ""}`;
    checks.check(what, await checkSignature(vector, subject));
  }
  const { crypto } = subject;
  if (crypto === undefined) {
    checks.skip("conversions", "the subject shows no single functions");
    return;
  }
  for (const [index, vector] of keyConversion.entries()) {
    checks.check(`key conversion ${index}`, checkKey(crypto, vector));
  }
  for (const [index, vector] of seedConversion.entries()) {
    checks.check(
      `seed conversion ${index}`,
      firstOf(await checkSeed(vector), checkKey(crypto, vector)),
    );
  }
}

async function checkSignature(
  vector: SignatureVector,
  subject: VectorSubject,
): Promise<string | undefined> {
  const identityKey = hex(vector.identityEd25519);
  const signature = hex(vector.signature);
  const message = messageOf(vector);
  if (message === undefined) return `signs ${vector.kind}, which this runner does not know`;
  const isValid =
    vector.label === undefined
      ? subject.crypto?.verify(signature, message, identityKey)
      : await backendOf(subject).verifyLabel(identityKey, vector.label, signature);
  if (isValid !== undefined && isValid !== vector.valid) {
    return isValid ? "was accepted" : "was refused";
  }
  const { identityPrivate, nonce } = vector;
  if (identityPrivate === undefined || nonce === undefined || !vector.valid) return undefined;
  const own = subject.crypto?.signEd25519(hex(identityPrivate), message, hex(nonce));
  return own && differs("our signature", own, vector.signature);
}

function messageOf({ label, signedPreKeyPublic }: SignatureVector): Uint8Array | undefined {
  if (label !== undefined) return toUtf8(label);
  return signedPreKeyPublic === undefined ? undefined : hex(signedPreKeyPublic);
}

function checkKey(crypto: SubjectCrypto, vector: KeyVector): string | undefined {
  const privateKey = hex(vector.privateKey);
  const edwards = crypto.edwardsPublicKey(privateKey);
  const curve = crypto.publicKey(privateKey);
  const signBit = hex(vector.ed25519).at(31) ?? 0;
  const zero = vector.ed25519SignBitZero;
  return firstOf(
    differs("the Curve25519 key", curve, vector.curve25519),
    differs("the Ed25519 key", edwards, vector.ed25519),
    differs("the key converted there", crypto.toEdwards(curve, signBit >>> 7), vector.ed25519),
    differs("the key converted back", crypto.toMontgomery(edwards), vector.curve25519),
    zero === undefined ? undefined : differs("the key of sign 0", crypto.toEdwards(curve, 0), zero),
  );
}

/** RFC 8032: the scalar is the clamped first half of the seed's hash. */
async function checkSeed({ seed, privateKey }: KeyVector): Promise<string | undefined> {
  if (seed === undefined) return "there is no seed";
  const digest = new Uint8Array(await globalThis.crypto.subtle.digest("SHA-512", hex(seed)));
  const scalar = digest.slice(0, 32);
  scalar[0] = (scalar[0] as number) & 0xf8;
  scalar[31] = ((scalar[31] as number) & 0x7f) | 0x40;
  return differs("the scalar", scalar, privateKey);
}
