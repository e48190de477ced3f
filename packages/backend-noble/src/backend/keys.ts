import { type KeyFunctions, type KeyPair, OMEMO_2, OmemoError, toUtf8 } from "@omemo/core";
import { clamp, edwardsPublicKey, signEd25519, signXEdDsa } from "../curve/xeddsa.js";
import type { Context } from "../session/context.js";
import type { Contexts } from "./contexts.js";

/** Labels of this length look like a signed prekey, so none is signed [O2-33]. */
const SIGNED_PREKEY_LENGTH = 32;

/** The part of the port that knows no sessions. */
export function keyFunctions(contexts: Contexts): KeyFunctions {
  return {
    generateIdentity: () => generateIdentity(contexts[OMEMO_2]),
    generateKeyPairs: (count) => generateKeyPairs(contexts[OMEMO_2], count),
    encodeIdentityKey(version, identity) {
      const { profile, identities } = contexts[version];
      return profile.serializeIdentity(identities.ownForm(profile, identity));
    },
    decodeIdentityKey(version, bytes) {
      const { profile, identities } = contexts[version];
      const form = profile.deserializeIdentity(bytes);
      return form && identities.identityKey(profile, form);
    },
    async signPreKey(version, identity, preKey) {
      const context = contexts[version];
      return sign(context, identity, context.profile.serializePreKey(preKey));
    },
    async signLabel(identity, label) {
      const bytes = toUtf8(label);
      if (bytes.length === SIGNED_PREKEY_LENGTH) {
        throw new OmemoError("invalid-input", "a label of exactly 32 bytes: ask for another one");
      }
      return sign(contexts[OMEMO_2], identity, bytes);
    },
    async verifyLabel(identityKey, label, signature) {
      const { primitives, profile, identities } = contexts[OMEMO_2];
      const isGood = identities.identityKey(profile, identityKey) !== undefined;
      return isGood && primitives.verify(signature, toUtf8(label), identityKey);
    },
  };
}

/** Draws until the sign bit is 0, so that all signing conventions agree [O2-09, W-16]. */
async function generateIdentity(context: Context): Promise<KeyPair> {
  for (;;) {
    const privateKey = clamp(context.randomBytes(32));
    const isNegative = (edwardsPublicKey(privateKey)[31] as number) >>> 7 === 1;
    if (!isNegative) return { privateKey, publicKey: context.primitives.publicKey(privateKey) };
    await context.work.spend(context.primitives.agreementCost);
  }
}

async function generateKeyPairs(context: Context, count: number): Promise<readonly KeyPair[]> {
  const pairs: KeyPair[] = [];
  for (let index = 0; index < count; index += 1) {
    const privateKey = clamp(context.randomBytes(32));
    pairs.push({ privateKey, publicKey: context.primitives.publicKey(privateKey) });
    await context.work.spend(context.primitives.agreementCost);
  }
  return pairs;
}

function sign(context: Context, identity: KeyPair, message: Uint8Array): Uint8Array {
  const { profile, identities, randomBytes } = context;
  const edwardsKey = identities.edwardsForm(identity);
  const signWith = profile.identityForm === "edwards" ? signEd25519 : signXEdDsa;
  return signWith(identity.privateKey, edwardsKey, message, randomBytes(64));
}
