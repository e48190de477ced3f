import { concatBytes, LEGACY, type OmemoVersion } from "@omemo/core";
import {
  encodeAuthenticatedMessage,
  encodeOmemoMessage,
  encodeSignalMessage,
} from "@omemo/core/wire";
import { differs, firstOf, hex } from "../compare.js";
import type { VectorChecks } from "../report.js";
import type { SubjectCrypto, VectorSubject } from "../subject.js";

interface ChainVector {
  readonly n: number;
  readonly chainKey: string;
  readonly messageKey: string;
  readonly encryptionKey: string;
  readonly authenticationKey: string;
  readonly iv: string;
}

interface X3dhVector {
  readonly alice: {
    readonly identityPrivate: string;
    readonly ephemeralPrivate: string;
    readonly ratchetPrivate: string;
  };
  readonly bob: {
    readonly identityPrivate: string;
    readonly signedPreKeyPrivate: string;
    readonly oneTimePreKeyPrivate: string | null;
    readonly nextRatchetPrivate: string;
  };
  readonly dh: readonly string[];
  readonly hkdfInput: string;
  readonly rootKey0: string;
  /** Legacy only. */
  readonly chainKeyOfSignedPreKey?: string;
  /** OMEMO 2 only. */
  readonly identityEd25519?: { readonly alice: string; readonly bob: string };
  readonly associatedData?: string;
  readonly rootKey1: string;
  readonly aliceSendingChainKey0: string;
  readonly rootKey2: string;
  readonly bobSendingChainKey0: string;
  readonly aliceChain: readonly ChainVector[];
  readonly firstMessage: {
    readonly plaintext: string;
    readonly aesCiphertext: string;
    readonly macInput: string;
    readonly macFull: string;
    readonly message?: string;
    readonly omemoMessage?: string;
    readonly authenticatedMessage?: string;
  };
}

/** `omemo-vectors/legacy-x3dh/1` and `omemo-vectors/omemo2-x3dh/1`. */
export interface X3dhFile {
  readonly vectors: readonly X3dhVector[];
}

type Pair = readonly [privateKey: Uint8Array, publicKey: Uint8Array];

export function checkX3dh(
  checks: VectorChecks,
  { vectors }: X3dhFile,
  { crypto }: VectorSubject,
  version: OmemoVersion,
): void {
  if (crypto === undefined) {
    checks.skip("all", "the subject shows no single functions");
    return;
  }
  for (const [index, vector] of vectors.entries()) {
    checks.check(`${index}, agreement`, checkAgreement(crypto, version, vector));
    checks.check(`${index}, ratchet`, checkRatchet(crypto, version, vector));
    checks.check(`${index}, chain`, checkChain(crypto, version, vector));
    checks.check(`${index}, first message`, checkMessage(crypto, version, vector));
  }
}

/** Both sides must come to the same secrets. */
function checkAgreement(
  crypto: SubjectCrypto,
  version: OmemoVersion,
  vector: X3dhVector,
): string | undefined {
  const [alice, bob] = agreementPairs(crypto, vector);
  const shared = alice.map(([privateKey, publicKey]) => crypto.agree(privateKey, publicKey));
  const input = concatBytes(
    new Uint8Array(32).fill(0xff),
    ...shared.map((secret) => secret ?? new Uint8Array(0)),
  );
  const { identityEd25519: edwards, alice: a, bob: b } = vector;
  return firstOf(
    ...shared.map((secret, index) => differs(`DH ${index}`, secret, vector.dh[index] ?? "")),
    differs("the HKDF input", input, vector.hkdfInput),
    ...[alice, bob].flatMap((pairs) => {
      const agreed = crypto.keyAgreement(version, pairs);
      const chain = vector.chainKeyOfSignedPreKey;
      return [
        differs("root key 0", agreed?.rootKey, vector.rootKey0),
        chain && differs("the first chain key", agreed?.chainKey, chain),
      ];
    }),
    edwards &&
      differs("Alice's key", crypto.edwardsPublicKey(hex(a.identityPrivate)), edwards.alice),
    edwards && differs("Bob's key", crypto.edwardsPublicKey(hex(b.identityPrivate)), edwards.bob),
  );
}

function agreementPairs(
  crypto: SubjectCrypto,
  { alice, bob }: X3dhVector,
): readonly [alice: readonly Pair[], bob: readonly Pair[]] {
  const open = (privateKey: string) => crypto.publicKey(hex(privateKey));
  const crossed: readonly (readonly [own: string, other: string])[] = [
    [alice.identityPrivate, bob.signedPreKeyPrivate],
    [alice.ephemeralPrivate, bob.identityPrivate],
    [alice.ephemeralPrivate, bob.signedPreKeyPrivate],
    ...(bob.oneTimePreKeyPrivate === null
      ? []
      : [[alice.ephemeralPrivate, bob.oneTimePreKeyPrivate] as const]),
  ];
  return [
    crossed.map(([own, other]) => [hex(own), open(other)]),
    crossed.map(([own, other]) => [hex(other), open(own)]),
  ];
}

function checkRatchet(
  crypto: SubjectCrypto,
  version: OmemoVersion,
  vector: X3dhVector,
): string | undefined {
  const { alice, bob } = vector;
  const step = (root: string, own: string, other: string) =>
    crypto.rootStep(version, hex(root), hex(own), crypto.publicKey(hex(other)));
  const first = step(vector.rootKey0, alice.ratchetPrivate, bob.signedPreKeyPrivate);
  const received = step(vector.rootKey0, bob.signedPreKeyPrivate, alice.ratchetPrivate);
  const second = step(vector.rootKey1, bob.nextRatchetPrivate, alice.ratchetPrivate);
  return firstOf(
    differs("root key 1", first?.rootKey, vector.rootKey1),
    differs("Alice's chain key", first?.chainKey, vector.aliceSendingChainKey0),
    differs("Bob's view of it", received?.chainKey, vector.aliceSendingChainKey0),
    differs("root key 2", second?.rootKey, vector.rootKey2),
    differs("Bob's chain key", second?.chainKey, vector.bobSendingChainKey0),
  );
}

function checkChain(
  crypto: SubjectCrypto,
  version: OmemoVersion,
  { aliceSendingChainKey0, aliceChain }: X3dhVector,
): string | undefined {
  let chainKey = hex(aliceSendingChainKey0) as Uint8Array;
  for (const { n, ...expected } of aliceChain) {
    const { seed, next } = crypto.chainStep(chainKey);
    const keys = crypto.messageKeys(version, seed);
    const problem = firstOf(
      differs(`chain key ${n}`, chainKey, expected.chainKey),
      differs(`message key ${n}`, seed, expected.messageKey),
      differs(`cipher key ${n}`, keys.cipherKey, expected.encryptionKey),
      differs(`MAC key ${n}`, keys.macKey, expected.authenticationKey),
      differs(`IV ${n}`, keys.iv, expected.iv),
    );
    if (problem !== undefined) return problem;
    chainKey = next;
  }
  return undefined;
}

function checkMessage(
  crypto: SubjectCrypto,
  version: OmemoVersion,
  { alice, bob, aliceChain, firstMessage, ...vector }: X3dhVector,
): string | undefined {
  const seed = hex(aliceChain[0]?.messageKey ?? "");
  const { cipherKey, macKey, iv } = crypto.messageKeys(version, seed);
  const ciphertext = crypto.encryptCbc(cipherKey, iv, hex(firstMessage.plaintext));
  const ratchetKey = crypto.publicKey(hex(alice.ratchetPrivate));
  const header = { ratchetKey, counter: 0, previousCounter: 0, ciphertext };
  const isLegacy = version === LEGACY;
  const framed = isLegacy ? encodeSignalMessage(header).slice(0, -8) : encodeOmemoMessage(header);
  const data = hex(firstMessage.macInput).slice(0, -framed.length);
  const mac = crypto.hmac(macKey, data, framed);
  const sealed = isLegacy
    ? concatBytes(framed, mac.subarray(0, 8))
    : encodeAuthenticatedMessage({ mac: mac.subarray(0, 16), message: framed });
  return firstOf(
    differs("the ciphertext", ciphertext, firstMessage.aesCiphertext),
    differs("the MAC input", concatBytes(data, framed), firstMessage.macInput),
    vector.associatedData && differs("the associated data", data, vector.associatedData),
    isLegacy ? checkIdentities(crypto, data, [alice, bob]) : undefined,
    differs("the MAC", mac, firstMessage.macFull),
    differs("the message", sealed, firstMessage.message ?? firstMessage.authenticatedMessage ?? ""),
  );
}

function checkIdentities(
  crypto: SubjectCrypto,
  data: Uint8Array,
  parties: readonly { readonly identityPrivate: string }[],
): string | undefined {
  const keys = parties.map(({ identityPrivate }) => crypto.publicKey(hex(identityPrivate)));
  const [sender = new Uint8Array(0), receiver = new Uint8Array(0)] = keys;
  const expected = concatBytes(Uint8Array.of(5), sender, Uint8Array.of(5), receiver);
  return data.join() === expected.join() ? undefined : "the identities in the MAC input differ";
}
