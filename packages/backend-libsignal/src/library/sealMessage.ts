import { CiphertextMessageType, signalEncrypt } from "@signalapp/libsignal-client";
import { asBuffer, OneSession, OwnIdentity, PEER } from "./openMessage.js";

export interface LibrarySealed {
  readonly record: Uint8Array;
  readonly message: Uint8Array;
  readonly isKeyExchange: boolean;
}

/** The next message of a session; a session that can be read can also send. */
export async function sealMessage(
  record: Uint8Array,
  plaintext: Uint8Array,
): Promise<LibrarySealed> {
  const sessions = new OneSession(record);
  const identity = new OwnIdentity(undefined);
  const sealed = await signalEncrypt(asBuffer(plaintext), PEER, sessions, identity);
  return {
    record: sessions.saved(),
    message: Uint8Array.from(sealed.serialize()),
    isKeyExchange: sealed.type() === CiphertextMessageType.PreKey,
  };
}
