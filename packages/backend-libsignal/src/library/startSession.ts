import type { ChosenBundle } from "@omemo/core";
import { serializeKey } from "@omemo/core/wire";
import { PreKeyBundle, PublicKey, processPreKeyBundle } from "@signalapp/libsignal-client";
import {
  asBuffer,
  type LibraryFailure,
  type LibraryIdentity,
  OneSession,
  OwnIdentity,
  orFailure,
  PEER,
} from "./openMessage.js";

/** A new session from a bundle; its signature is verified first [W-33]. */
export async function startSession(
  identity: LibraryIdentity,
  bundle: ChosenBundle,
): Promise<{ readonly kind: "started"; readonly record: Uint8Array } | LibraryFailure> {
  return orFailure(async () => {
    const { preKeyId, preKey } = bundle;
    const parsed = PreKeyBundle.new(
      0, // the registration id of a bundle is used for nothing [W-21]
      PEER.deviceId(),
      preKeyId ?? null,
      preKey === undefined ? null : readKey(serializeKey(preKey)),
      bundle.signedPreKeyId,
      readKey(serializeKey(bundle.signedPreKey)),
      asBuffer(bundle.signedPreKeySignature),
      readKey(bundle.identityKey),
    );
    const sessions = new OneSession(undefined);
    await processPreKeyBundle(parsed, PEER, sessions, new OwnIdentity(identity));
    return { kind: "started", record: sessions.saved() };
  });
}

function readKey(serialized: Uint8Array): PublicKey {
  return PublicKey.deserialize(asBuffer(serialized));
}
