import { differs, firstOf, hex } from "../compare.js";
import type { VectorChecks } from "../report.js";
import type { SubjectCrypto, VectorSubject } from "../subject.js";

interface SignVector {
  readonly privateKey: string;
  /** 33 bytes. */
  readonly publicKey: string;
  readonly message: string;
  readonly nonce: string;
  readonly signature: string;
  readonly signBit: number;
  readonly edwardsPublicKey: string;
  readonly ed25519Signature: string;
  readonly signatureSignBitZero: string;
  readonly edwardsPublicKeySignBitZero: string;
}

interface VerifyVector {
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
  readonly valid: boolean;
  readonly either?: boolean;
  readonly note?: string;
}

/** `omemo-vectors/xeddsa/1`. */
export interface XEdDsaFile {
  readonly sign: readonly SignVector[];
  /** By another library, whose signatures carry no sign bit [W-11]. */
  readonly signByLibomemoC?: readonly Pick<SignVector, "publicKey" | "message" | "signature">[];
  readonly verify: readonly VerifyVector[];
}

export function checkXEdDsa(checks: VectorChecks, file: XEdDsaFile, subject: VectorSubject): void {
  const { crypto } = subject;
  if (crypto === undefined) {
    checks.skip("all", "the subject shows no single functions");
    return;
  }
  for (const [index, vector] of file.sign.entries()) {
    checks.check(`sign ${index}`, checkSign(crypto, vector));
  }
  for (const [index, vector] of (file.signByLibomemoC ?? []).entries()) {
    checks.check(`signByLibomemoC ${index}`, checkVerify(crypto, { ...vector, valid: true }));
  }
  for (const [index, vector] of file.verify.entries()) {
    checks.check(`verify ${index} ${vector.note ?? ""}`, checkVerify(crypto, vector));
  }
}

function checkSign(crypto: SubjectCrypto, vector: SignVector): string | undefined {
  const privateKey = hex(vector.privateKey);
  const message = hex(vector.message);
  const nonce = hex(vector.nonce);
  const publicKey = crypto.publicKey(privateKey);
  const plain = crypto.signEd25519(privateKey, message, nonce);
  return firstOf(
    differs("the public key", publicKey, vector.publicKey.slice(2)),
    differs("the signature", crypto.signXEdDsa(privateKey, message, nonce), vector.signature),
    differs("the Ed25519 key", crypto.edwardsPublicKey(privateKey), vector.edwardsPublicKey),
    differs(
      "the converted key",
      crypto.toEdwards(publicKey, vector.signBit),
      vector.edwardsPublicKey,
    ),
    differs(
      "the key of sign 0",
      crypto.toEdwards(publicKey, 0),
      vector.edwardsPublicKeySignBitZero,
    ),
    differs("the Ed25519 signature", plain, vector.ed25519Signature),
    crypto.verify(plain, message, hex(vector.edwardsPublicKey)) ? undefined : "Ed25519 refuses it",
    checkVerify(crypto, { ...vector, valid: true }),
    checkVerify(crypto, { ...vector, signature: vector.signatureSignBitZero, valid: true }),
  );
}

function checkVerify(crypto: SubjectCrypto, vector: VerifyVector): string | undefined {
  const publicKey = hex(vector.publicKey).subarray(1);
  const isValid = crypto.verifyXEdDsa(hex(vector.signature), hex(vector.message), publicKey);
  if (isValid === vector.valid || vector.either === true) return undefined;
  return isValid ? "was accepted" : "was refused";
}
