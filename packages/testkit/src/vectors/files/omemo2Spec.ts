import {
  fingerprintOf,
  formatFingerprint,
  fromUtf8,
  type IdentityKey,
  OMEMO_2,
  toUtf8,
} from "@omemo/core";
import { decodeAuthenticatedMessage, decodeKeyExchange } from "@omemo/core/wire";
import { differs, firstOf, hex } from "../compare.js";
import type { VectorChecks } from "../report.js";
import type { SubjectCrypto, VectorSubject } from "../subject.js";
import { replayTranscript } from "../transcript/replayTranscript.js";
import { backendOf } from "./backendOf.js";
import { openOmemo2 } from "./omemo2Payloads.js";
import { transcriptOf } from "./omemo2SpecTranscript.js";

interface SpecIdentity {
  readonly x25519_scalar: string;
  readonly ik_ed25519: string;
  readonly ik_curve25519: string;
  readonly ed25519_sign_bit: number;
  readonly fingerprint: string;
}

/** One message of the session in {@link Omemo2SpecFile}. */
export interface SpecMessage {
  readonly from: "alice" | "bob";
  readonly kind: string;
  readonly ratchet_priv?: string;
  readonly plaintext: string;
  readonly omemo_message?: string;
  readonly mac?: string;
  readonly authenticated: string;
  readonly key_exchange?: string;
}

/** The vectors that come with the specification of OMEMO 2. */
export interface Omemo2SpecFile {
  readonly payload: {
    readonly key: string;
    readonly plaintext_utf8: string;
    readonly enc_key: string;
    readonly auth_key: string;
    readonly iv: string;
    readonly ciphertext: string;
    readonly hmac16: string;
    readonly key_material_48: string;
  };
  readonly kdf_ck: { readonly ck: string; readonly mk: string; readonly next_ck: string };
  readonly kdf_rk: {
    readonly rk: string;
    readonly dh_out: string;
    readonly new_rk: string;
    readonly new_ck: string;
  };
  readonly identities: { readonly alice: SpecIdentity; readonly bob: SpecIdentity };
  readonly label: {
    readonly device: "alice" | "bob";
    readonly label_utf8: string;
    readonly labelsig: string;
  };
  readonly bob_bundle: {
    readonly spk_id: number;
    readonly spk: string;
    readonly spk_priv: string;
    readonly spks: string;
    readonly pk_id: number;
    readonly pk: string;
    readonly pk_priv: string;
    readonly ik: string;
  };
  readonly x3dh: {
    readonly ek_priv: string;
    readonly dh1: string;
    readonly dh2: string;
    readonly dh3: string;
    readonly dh4: string;
    readonly sk: string;
    readonly ad: string;
  };
  readonly session: readonly SpecMessage[];
}

export async function checkOmemo2Spec(
  checks: VectorChecks,
  file: Omemo2SpecFile,
  subject: VectorSubject,
): Promise<void> {
  const { payload, label, identities } = file;
  const { key_material_48: keyMaterial, ciphertext, plaintext_utf8: text } = payload;
  const plaintext = await openOmemo2({ keyMaterial, payload: ciphertext });
  const isText = plaintext !== undefined && fromUtf8(plaintext) === text;
  checks.check("payload", isText ? undefined : "another plaintext");
  const identityKey = hex(identities[label.device].ik_ed25519);
  const verifyLabel = (signed: string) =>
    backendOf(subject).verifyLabel(identityKey, signed, hex(label.labelsig));
  checks.check("label", (await verifyLabel(label.label_utf8)) ? undefined : "was refused");
  checks.check("other label", (await verifyLabel("another")) ? "was accepted" : undefined);
  if (subject.crypto === undefined) checks.skip("keys", "the subject shows no single functions");
  else {
    checkKeys(checks, file, subject.crypto);
    checks.check("X3DH", checkX3dh(file, subject.crypto));
    checks.check("payload keys", checkPayloadKeys(payload, subject.crypto));
  }
  for (const [index, message] of file.session.entries()) {
    checks.check(`frames of message ${index}`, checkFrames(message));
  }
  await replayTranscript(checks, transcriptOf(file), subject);
}

function checkKeys(
  checks: VectorChecks,
  { kdf_ck: ck, kdf_rk: rk, identities, bob_bundle: bundle }: Omemo2SpecFile,
  crypto: SubjectCrypto,
): void {
  const { seed, next } = crypto.chainStep(hex(ck.ck));
  checks.check(
    "KDF_CK",
    firstOf(differs("mk", seed, ck.mk), differs("the next chain key", next, ck.next_ck)),
  );
  const derived = crypto.hkdf(hex(rk.dh_out), hex(rk.rk), toUtf8("OMEMO Root Chain"), 64);
  checks.check("KDF_RK", differs("both keys", derived, rk.new_rk + rk.new_ck));
  for (const identity of Object.values(identities)) {
    const curve = crypto.publicKey(hex(identity.x25519_scalar));
    const edwards = crypto.toEdwards(curve, identity.ed25519_sign_bit);
    checks.check(
      "identity",
      firstOf(
        differs("the Curve25519 key", curve, identity.ik_curve25519),
        differs("the Ed25519 key", edwards, identity.ik_ed25519),
        formatFingerprint(fingerprintOf(curve as IdentityKey)) === identity.fingerprint
          ? undefined
          : "another fingerprint",
      ),
    );
  }
  const isSigned = crypto.verify(hex(bundle.spks), hex(bundle.spk), hex(bundle.ik));
  checks.check("bundle", isSigned ? undefined : "the signature was refused");
}

function checkX3dh(
  { identities: { alice, bob }, bob_bundle: bundle, x3dh }: Omemo2SpecFile,
  crypto: SubjectCrypto,
): string | undefined {
  const pairs = [
    [hex(alice.x25519_scalar), hex(bundle.spk)],
    [hex(x3dh.ek_priv), hex(bob.ik_curve25519)],
    [hex(x3dh.ek_priv), hex(bundle.spk)],
    [hex(x3dh.ek_priv), hex(bundle.pk)],
  ] as const;
  const shared = pairs.map(([privateKey, publicKey]) => crypto.agree(privateKey, publicKey));
  const expected = [x3dh.dh1, x3dh.dh2, x3dh.dh3, x3dh.dh4];
  return firstOf(
    ...shared.map((secret, index) => differs(`DH ${index + 1}`, secret, expected[index] ?? "")),
    differs("SK", crypto.keyAgreement(OMEMO_2, pairs)?.rootKey, x3dh.sk),
    x3dh.ad === alice.ik_ed25519 + bob.ik_ed25519 ? undefined : "another associated data",
  );
}

function checkPayloadKeys(
  payload: Omemo2SpecFile["payload"],
  { hkdf, hmac, encryptCbc }: SubjectCrypto,
): string | undefined {
  const keys = hkdf(hex(payload.key), new Uint8Array(32), toUtf8("OMEMO Payload"), 80);
  const [cipherKey, iv] = [keys.subarray(0, 32), keys.subarray(64)];
  const ciphertext = encryptCbc(cipherKey, iv, toUtf8(payload.plaintext_utf8));
  const mac = hmac(keys.subarray(32, 64), ciphertext, new Uint8Array(0)).subarray(0, 16);
  return firstOf(
    differs("the keys", keys, payload.enc_key + payload.auth_key + payload.iv),
    differs("the ciphertext", ciphertext, payload.ciphertext),
    differs("the authentication code", mac, payload.hmac16),
  );
}

/** What lies within a message, as far as the file names it. */
function checkFrames({
  key_exchange,
  authenticated,
  omemo_message,
  mac,
}: SpecMessage): string | undefined {
  const message = decodeAuthenticatedMessage(hex(authenticated));
  if (message.kind === "malformed") return "malformed";
  const exchange = key_exchange && decodeKeyExchange(hex(key_exchange));
  if (exchange && exchange.kind === "malformed") return "a malformed exchange";
  return firstOf(
    exchange && differs("the message in the exchange", exchange.message, authenticated),
    omemo_message && differs("the inner message", message.message, omemo_message),
    mac && differs("the MAC", message.mac, mac),
  );
}
