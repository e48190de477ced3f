import type {
  ChosenBundle,
  Initiated,
  InitiateInput,
  KeyPair,
  NeedsParts,
  Refused,
} from "@omemo/core";
import { clamp, verifyXEdDsa } from "../curve/xeddsa.js";
import { keyAgreement } from "../ratchet/keyAgreement.js";
import { rootStep } from "../ratchet/rootStep.js";
import { refuse } from "./answer.js";
import type { Context } from "./context.js";
import { exchangeIdOf, newState } from "./newState.js";
import { replaceSession } from "./replaceSession.js";
import { encodeHead } from "./sessionRecord.js";
import type { SessionState } from "./sessionState.js";

/** Both forms of the peer's identity key, 32 bytes each. */
interface PeerIdentity {
  readonly form: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** Builds a session from a bundle; its signature is verified before anything else [W-33, O2-39f]. */
export async function initiate(
  context: Context,
  input: InitiateInput,
): Promise<Initiated | NeedsParts | Refused> {
  const { primitives, profile, identities, work } = context;
  const { bundle, existing } = input;
  const form = profile.deserializeIdentity(bundle.identityKey);
  const identityKey = form && identities.identityKey(profile, form);
  if (form === undefined || identityKey === undefined || !hasGoodLengths(bundle)) {
    return refuse("malformed");
  }
  const peer = { form, publicKey: identityKey };
  await work.spend(primitives.agreementCost);
  if (!isSigned(context, bundle, peer)) return refuse("not-authentic");
  if (profile.requiresPreKey && bundle.preKey === undefined) return refuse("no-prekey");
  const replaced = replaceSession(context, existing, form);
  if (replaced.kind !== "replaced") return replaced;
  await work.spend(7 * primitives.agreementCost);
  const state = initiatorState(context, input, peer, replaced.id);
  if (state === undefined) return refuse("malformed");
  const { archivedCount, put, drop } = replaced;
  const head = encodeHead({ state, archivedCount, nextId: state.id + 1 });
  return { kind: "initiated", identityKey, change: { head, put, drop } };
}

function hasGoodLengths({ signedPreKey, preKeyId, preKey }: ChosenBundle): boolean {
  return (
    signedPreKey.length === 32 &&
    (preKey === undefined ? preKeyId === undefined : preKeyId !== undefined && preKey.length === 32)
  );
}

function isSigned(
  { primitives, profile }: Context,
  bundle: ChosenBundle,
  peer: PeerIdentity,
): boolean {
  const message = profile.serializePreKey(bundle.signedPreKey);
  const { signedPreKeySignature: signature } = bundle;
  return profile.identityForm === "edwards"
    ? primitives.verify(signature, message, peer.form)
    : verifyXEdDsa(primitives, signature, message, peer.publicKey);
}

/** `undefined` when a key of the bundle is of low order [W-08, O2-10]. */
function initiatorState(
  context: Context,
  { identity, deviceId, bundle }: InitiateInput,
  peer: PeerIdentity,
  id: number,
): SessionState | undefined {
  const { primitives, profile, identities } = context;
  const { signedPreKeyId, signedPreKey, preKeyId, preKey } = bundle;
  const base = newKeyPair(context);
  const ratchet = newKeyPair(context);
  const agreed = keyAgreement(primitives, profile, [
    [identity.privateKey, signedPreKey],
    [base.privateKey, peer.publicKey],
    [base.privateKey, signedPreKey],
    ...(preKey === undefined ? [] : [[base.privateKey, preKey] as const]),
  ]);
  if (agreed === undefined) return undefined;
  const first = rootStep(primitives, profile, agreed.rootKey, ratchet.privateKey, signedPreKey);
  if (first === undefined) return undefined;
  return newState(id, {
    isInitiator: true,
    ownIdentity: identities.ownForm(profile, identity),
    peerIdentity: peer.form,
    exchangeId: exchangeIdOf(context, base.publicKey),
    pending: { preKeyId, signedPreKeyId, registrationId: deviceId, baseKey: base.publicKey },
    rootKey: first.rootKey,
    ownRatchetKey: ratchet.privateKey,
    sending: { ratchetKey: ratchet.publicKey, key: first.chainKey, counter: 0 },
    receiving: profile.hasSignedPreKeyChain
      ? { ratchetKey: signedPreKey, key: agreed.chainKey, counter: 0 }
      : undefined,
  });
}

function newKeyPair({ primitives, randomBytes }: Context): KeyPair {
  const privateKey = clamp(randomBytes(32));
  return { privateKey, publicKey: primitives.publicKey(privateKey) };
}
