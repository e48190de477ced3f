import { type DeviceId, type KeyPair, OMEMO_2, type OmemoBackend } from "@omemo/core";
import { hex } from "../compare.js";
import type { DecryptStep, TranscriptKey, TranscriptParty } from "./transcript.js";

/** The secrets of a party; one-time prekeys go as they are used. */
export class PartyKeys {
  readonly identity: KeyPair;
  readonly deviceId: DeviceId;
  readonly #signedPreKeys: Map<number, KeyPair>;
  readonly #preKeys: Map<number, KeyPair>;

  /** @throws Error when the transcript keeps the private identity key to itself. */
  constructor(backend: OmemoBackend, party: TranscriptParty) {
    const publicKey = identityKeyOf(backend, party);
    if (party.identityPrivate === undefined || publicKey === undefined) {
      throw new Error(`no private keys of ${party.name}`);
    }
    this.identity = { privateKey: hex(party.identityPrivate), publicKey };
    this.deviceId = (party.registrationId ?? party.deviceId) as DeviceId;
    this.#signedPreKeys = keyPairs(party.signedPreKeys);
    this.#preKeys = keyPairs(party.preKeys);
  }

  signedPreKey(id: number | undefined): KeyPair | undefined {
    return id === undefined ? undefined : this.#signedPreKeys.get(id);
  }

  preKey(id: number | undefined): KeyPair | undefined {
    return id === undefined ? undefined : this.#preKeys.get(id);
  }

  usePreKey(id: number): void {
    this.#preKeys.delete(id);
  }

  /** What a step demands to be gone before it. */
  remove(before: NonNullable<DecryptStep["before"]>): void {
    if (before.removeSignedPreKeys === true) this.#signedPreKeys.clear();
    if (before.removeSignedPreKey !== undefined) {
      this.#signedPreKeys.delete(before.removeSignedPreKey);
    }
  }
}

/** The public identity key of a party as u-coordinate, in whatever form the vector has it. */
export function identityKeyOf(
  backend: OmemoBackend,
  party: Pick<TranscriptParty, "identityPublic" | "identityCurve25519" | "identityEd25519">,
): Uint8Array | undefined {
  const { identityPublic, identityCurve25519 = identityPublic, identityEd25519 } = party;
  if (identityCurve25519 !== undefined) return curveKey(identityCurve25519);
  if (identityEd25519 === undefined) return undefined;
  return backend.decodeIdentityKey(OMEMO_2, hex(identityEd25519));
}

/** The 32 bytes of a public key that may carry the type byte of the legacy version. */
export function curveKey(text: string): Uint8Array {
  const bytes = hex(text);
  return bytes.length === 33 ? bytes.subarray(1) : bytes;
}

function keyPairs(keys: readonly TranscriptKey[] = []): Map<number, KeyPair> {
  return new Map(
    keys.flatMap(({ id, private: secret, public: open }) =>
      secret === undefined
        ? []
        : [[id, { privateKey: hex(secret), publicKey: curveKey(open) }] as const],
    ),
  );
}
