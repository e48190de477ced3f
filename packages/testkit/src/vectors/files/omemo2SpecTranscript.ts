import type { DecryptStep, Transcript, TranscriptStep } from "../transcript/transcript.js";
import type { Omemo2SpecFile, SpecMessage } from "./omemo2Spec.js";

/** The four messages as a conversation that both sides can replay. */
export function transcriptOf({
  identities,
  bob_bundle: b,
  x3dh,
  session,
}: Omemo2SpecFile): Transcript {
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
