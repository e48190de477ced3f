import {
  fingerprintOf,
  type IdentityKey,
  type OmemoBackend,
  type OmemoFingerprint,
  type SessionHead,
  toHex,
} from "@omemo/core";

/** Zeros, without payload: nobody learns anything from it, and so trust is not asked. */
function isEmpty(plaintext: Uint8Array): boolean {
  return plaintext.every((byte) => byte === 0);
}

/** Watches the backends of all processes of one device. */
export type KeyWitness = (backend: OmemoBackend) => OmemoBackend;

/** Tells for whose keys something with content is encrypted, just before it is. */
export function witnessKeys(encrypted: (keys: readonly OmemoFingerprint[]) => void): KeyWitness {
  const owners = new Map<string, OmemoFingerprint>();
  const owned = (head: SessionHead, identityKey: IdentityKey): void => {
    owners.set(toHex(head), fingerprintOf(identityKey));
  };
  return (backend) => ({
    ...backend,
    initiate: async (input) => {
      const result = await backend.initiate(input);
      if (result.kind === "initiated") owned(result.change.head, result.identityKey);
      return result;
    },
    accept: async (input) => {
      const result = await backend.accept(input);
      if (result.kind === "opened") owned(result.change.head, result.identityKey);
      return result;
    },
    decrypt: async (session, message) => {
      const result = await backend.decrypt(session, message);
      if (result.kind === "opened") owned(result.change.head, result.identityKey);
      return result;
    },
    encryptFor: async (sessions, plaintext) => {
      const keys = sessions.map(({ head }) => owners.get(toHex(head)));
      const known = keys.filter((key) => key !== undefined);
      if (known.length < keys.length) throw new RangeError("a session that came from nowhere");
      if (!isEmpty(plaintext)) encrypted(known);
      const sealed = await backend.encryptFor(sessions, plaintext);
      for (const [index, { change }] of sealed.entries()) {
        const owner = known[index];
        if (owner !== undefined) owners.set(toHex(change.head), owner);
      }
      return sealed;
    },
  });
}
