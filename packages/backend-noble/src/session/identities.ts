import type { IdentityKey, KeyPair } from "@omemo/core";
import { isIdentityCoordinate, toMontgomery } from "../curve/montgomery.js";
import { edwardsPublicKey } from "../curve/xeddsa.js";
import type { Profile } from "../ratchet/profile.js";

/**
 * Identity keys in the form of a version, and back. Conversions cost as much as some twenty
 * messages, so the latest ones are remembered; they are functions of public keys alone. Answers are
 * copies: what a caller writes into one reaches neither this memory nor a session.
 */
export interface Identities {
  /** 32 bytes in the form of the version, with the true sign bit [O2-09]. */
  ownForm(profile: Profile, identity: KeyPair): Uint8Array;
  /** The Ed25519 form of our own key, whatever the version. */
  edwardsForm(identity: KeyPair): Uint8Array;
  /** The key that a form of 32 bytes stands for; `undefined` when it is not good [O2-10, W-15]. */
  identityKey(profile: Profile, form: Uint8Array): IdentityKey | undefined;
  /** The same for a form that was found good before, without looking at it again. */
  checkedKey(profile: Profile, form: Uint8Array): IdentityKey;
}

const MAX_REMEMBERED = 2000;

export function rememberIdentities(): Identities {
  const own = rememberBytes();
  const peers = rememberBytes();
  const edwardsForm = ({ privateKey, publicKey }: KeyPair) =>
    own(publicKey, () => edwardsPublicKey(privateKey)) as Uint8Array;
  const fromEdwards = (form: Uint8Array) =>
    peers(form, () => toMontgomery(form)) as IdentityKey | undefined;
  return {
    edwardsForm,
    ownForm: ({ identityForm }, identity) =>
      identityForm === "montgomery" ? identity.publicKey.slice() : edwardsForm(identity),
    identityKey({ identityForm }, form) {
      if (identityForm === "edwards") return fromEdwards(form);
      return isIdentityCoordinate(form) ? (form.slice() as IdentityKey) : undefined;
    },
    checkedKey: ({ identityForm }, form) =>
      (identityForm === "edwards" ? fromEdwards(form) : form.slice()) as IdentityKey,
  };
}

/** A bounded memory of byte strings, the oldest forgotten first. */
function rememberBytes(): (
  key: Uint8Array,
  compute: () => Uint8Array | undefined,
) => Uint8Array | undefined {
  const known = new Map<string, Uint8Array | undefined>();
  return (key, compute) => {
    // Spreading the bytes would make an object of each.
    const name: string = Reflect.apply(String.fromCharCode, undefined, key);
    if (!known.has(name)) {
      known.set(name, compute());
      const [oldest] = known.keys();
      if (known.size > MAX_REMEMBERED && oldest !== undefined) known.delete(oldest);
    }
    return known.get(name)?.slice();
  };
}
