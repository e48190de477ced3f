import type {
  IdentityKeyStore,
  KyberPreKeyStore,
  PreKeyStore,
  PrivateKey,
  ProtocolAddress,
  SessionStore,
  SignedPreKeyStore,
} from "libsignal-0.72.1";
import type { Bundle, Device, Envelope } from "./candidate.ts";
import type { Libsignal, LibsignalStores } from "./libsignalStores.ts";
import { RecordStore } from "./recordStore.ts";

/** One version of the library, with stores made for it. */
export interface LibsignalVersion {
  readonly library: Libsignal;
  readonly stores: LibsignalStores;
}

const DEVICE_ID = 1;
const SIGNED_PRE_KEY_ID = 1;
const PRE_KEY_MESSAGE = 3;
/** Must be there, and is never called in this protocol version. */
const NO_KYBER_PRE_KEYS = {} as KyberPreKeyStore;

/** A device on libsignal-client, with serialized records as its users keep them. */
export class LibsignalDevice implements Device {
  readonly #version: LibsignalVersion;
  readonly #identity: PrivateKey;
  readonly #store: RecordStore;
  readonly #sessions: SessionStore;
  readonly #identities: IdentityKeyStore;
  readonly #preKeys: PreKeyStore;
  readonly #signedPreKeys: SignedPreKeyStore;
  readonly #addresses: Map<string, ProtocolAddress> = new Map();
  #lastPreKeyId = 0;

  private constructor(version: LibsignalVersion, identity: PrivateKey, store: RecordStore) {
    this.#version = version;
    this.#identity = identity;
    this.#store = store;
    this.#sessions = version.stores.sessions(store);
    this.#identities = version.stores.identities(identity);
    this.#preKeys = version.stores.preKeys(store);
    this.#signedPreKeys = version.stores.signedPreKeys(store);
  }

  static async create(version: LibsignalVersion): Promise<LibsignalDevice> {
    const { PrivateKey, SignedPreKeyRecord } = version.library;
    const identity = PrivateKey.generate();
    const pair = PrivateKey.generate();
    const publicKey = pair.getPublicKey();
    const signature = identity.sign(publicKey.serialize());
    const record = SignedPreKeyRecord.new(SIGNED_PRE_KEY_ID, 0, publicKey, pair, signature);
    const store = new RecordStore();
    await store.put([[`signed/${SIGNED_PRE_KEY_ID}`, record.serialize()]]);
    return new LibsignalDevice(version, identity, store);
  }

  copy(): LibsignalDevice {
    return new LibsignalDevice(this.#version, this.#identity, this.#store.copy());
  }

  async publish(): Promise<Bundle> {
    const { PrivateKey, PreKeyRecord } = this.#version.library;
    const pair = PrivateKey.generate();
    const preKey = pair.getPublicKey();
    const preKeyId = ++this.#lastPreKeyId;
    const record = PreKeyRecord.new(preKeyId, preKey, pair);
    await this.#store.put([[`prekey/${preKeyId}`, record.serialize()]]);
    const signed = await this.#signedPreKeys.getSignedPreKey(SIGNED_PRE_KEY_ID);
    return {
      identityKey: this.#identity.getPublicKey().serialize(),
      signedPreKeyId: SIGNED_PRE_KEY_ID,
      signedPreKey: signed.publicKey().serialize(),
      signature: signed.signature(),
      preKeyId,
      preKey: preKey.serialize(),
    };
  }

  async start(peer: string, bundle: Bundle): Promise<void> {
    const { PreKeyBundle, PublicKey, processPreKeyBundle } = this.#version.library;
    const read = (bytes: Uint8Array) => PublicKey.deserialize(bytes as Buffer);
    const parsed = PreKeyBundle.new(
      0,
      DEVICE_ID,
      bundle.preKeyId,
      read(bundle.preKey),
      bundle.signedPreKeyId,
      read(bundle.signedPreKey),
      bundle.signature as Buffer,
      read(bundle.identityKey),
    );
    await processPreKeyBundle(parsed, this.#address(peer), this.#sessions, this.#identities);
  }

  async encrypt(peers: readonly string[], plaintext: Uint8Array): Promise<readonly Envelope[]> {
    const envelopes: Envelope[] = [];
    for (const peer of peers) {
      const message = await this.#version.library.signalEncrypt(
        plaintext as Buffer,
        this.#address(peer),
        this.#sessions,
        this.#identities,
      );
      const isKeyExchange = message.type() === PRE_KEY_MESSAGE;
      envelopes.push({ bytes: message.serialize(), isKeyExchange });
    }
    return envelopes;
  }

  decrypt(peer: string, { bytes, isKeyExchange }: Envelope): Promise<Uint8Array> {
    const { PreKeySignalMessage, SignalMessage, signalDecrypt, signalDecryptPreKey } =
      this.#version.library;
    const address = this.#address(peer);
    if (!isKeyExchange) {
      const message = SignalMessage.deserialize(bytes as Buffer);
      return signalDecrypt(message, address, this.#sessions, this.#identities);
    }
    return signalDecryptPreKey(
      PreKeySignalMessage.deserialize(bytes as Buffer),
      address,
      this.#sessions,
      this.#identities,
      this.#preKeys,
      this.#signedPreKeys,
      NO_KYBER_PRE_KEYS,
    );
  }

  duplicateSession(peer: string, name: string): void {
    this.#store.duplicate(peer, name);
  }

  recordSize(peer: string): number {
    return this.#store.peek(peer).length;
  }

  /** Kept, as an application that writes to somebody again would do. */
  #address(peer: string): ProtocolAddress {
    const known = this.#addresses.get(peer);
    if (known !== undefined) return known;
    const address = this.#version.library.ProtocolAddress.new(peer, DEVICE_ID);
    this.#addresses.set(peer, address);
    return address;
  }
}
