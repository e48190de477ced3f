import { fromUtf8, toUtf8 } from "@omemo/core";
import { differs, firstOf, hex } from "../compare.js";
import type { VectorChecks } from "../report.js";
import type { SubjectCrypto, VectorSubject } from "../subject.js";
import { replayTranscript } from "../transcript/replayTranscript.js";
import type { DecryptStep, Transcript, TranscriptStep } from "../transcript/transcript.js";
import { backendOf } from "./backendOf.js";
import { openOmemo2 } from "./omemo2Payloads.js";

interface SpecIdentity {
  readonly x25519_scalar: string;
  readonly ik_ed25519: string;
  readonly ik_curve25519: string;
  readonly ed25519_sign_bit: number;
}

interface SpecMessage {
  readonly from: "alice" | "bob";
  readonly kind: string;
  readonly ratchet_priv?: string;
  readonly plaintext: string;
  readonly authenticated: string;
  readonly key_exchange?: string;
}

/** The vectors that come with the specification of OMEMO 2. */
export interface Omemo2SpecFile {
  readonly payload: {
    readonly plaintext_utf8: string;
    readonly ciphertext: string;
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
  readonly x3dh: { readonly ek_priv: string };
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
  else checkKeys(checks, file, subject.crypto);
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
      ),
    );
  }
  const isSigned = crypto.verify(hex(bundle.spks), hex(bundle.spk), hex(bundle.ik));
  checks.check("bundle", isSigned ? undefined : "the signature was refused");
}

/** The four messages as a conversation that both sides can replay. */
function transcriptOf({ identities, bob_bundle: b, x3dh, session }: Omemo2SpecFile): Transcript {
  const party = (name: "alice" | "bob", deviceId: number) => ({
    name,
    deviceId,
    identityPrivate: identities[name].x25519_scalar,
    identityEd25519: identities[name].ik_ed25519,
    identityCurve25519: identities[name].ik_curve25519,
  });
  const bundle = {
    identityKey: b.ik,
    signedPreKeyId: b.spk_id,
    signedPreKeyPublic: b.spk,
    signedPreKeySignature: b.spks,
    preKeyId: b.pk_id,
    preKeyPublic: b.pk,
  };
  const first: TranscriptStep = {
    op: "initiate",
    actor: "alice",
    bundle,
    ephemeralKeyPrivate: x3dh.ek_priv,
    ...ratchetKey("ratchetKeyPrivate", session[0]?.ratchet_priv),
    expect: { outcome: "ok" },
  };
  return {
    format: "omemo-vectors/omemo2-transcript/1",
    id: "session",
    parties: {
      alice: party("alice", 1),
      bob: {
        ...party("bob", 2),
        signedPreKeys: [{ id: b.spk_id, private: b.spk_priv, public: b.spk }],
        preKeys: [{ id: b.pk_id, private: b.pk_priv, public: b.pk }],
      },
    },
    steps: [
      first,
      ...session.flatMap((message, index) => stepsOf(session, message, index, b.pk_id)),
    ],
  };
}

function stepsOf(
  session: readonly SpecMessage[],
  { from, plaintext, authenticated, key_exchange }: SpecMessage,
  index: number,
  preKeyId: number,
): readonly TranscriptStep[] {
  const type = key_exchange === undefined ? "normal" : "kex";
  const message = key_exchange ?? authenticated;
  const actor = from === "alice" ? "bob" : "alice";
  // The receiver's next ratchet key is drawn when the chain that it answers begins.
  const isNewChain = session[index - 1]?.from !== from;
  const answer = session.slice(index).find((other) => other.from === actor);
  const expect: DecryptStep["expect"] = {
    outcome: "ok",
    plaintext,
    ...(index === 0 ? { preKeyConsumed: preKeyId } : {}),
  };
  return [
    { op: "encrypt", actor: from, plaintext, type, message },
    {
      op: "decrypt",
      actor,
      type,
      message,
      ...(isNewChain ? ratchetKey("newRatchetKeyPrivate", answer?.ratchet_priv) : {}),
      expect,
    },
  ];
}

function ratchetKey<Name extends string>(
  name: Name,
  key: string | undefined,
): Partial<Record<Name, string>> {
  return key === undefined ? {} : ({ [name]: key } as Record<Name, string>);
}
