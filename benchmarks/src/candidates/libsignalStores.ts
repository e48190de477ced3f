import type {
  IdentityKeyStore,
  PreKeyStore,
  PrivateKey,
  ProtocolAddress,
  SessionRecord,
  SessionStore,
  SignedPreKeyStore,
} from "libsignal-0.72.1";
import type { RecordStore } from "./recordStore.ts";

/** The calls that both versions share, as the newer one declares them. */
export type Libsignal = typeof import("libsignal-0.72.1");

/** What `saveIdentity` answers when nothing changed; the older version wants a boolean. */
export type SavedIdentity = Awaited<ReturnType<IdentityKeyStore["saveIdentity"]>>;

/** The stores that libsignal calls, each over the bytes of one device. */
export interface LibsignalStores {
  readonly sessions: (store: RecordStore) => SessionStore;
  readonly identities: (identity: PrivateKey) => IdentityKeyStore;
  readonly preKeys: (store: RecordStore) => PreKeyStore;
  readonly signedPreKeys: (store: RecordStore) => SignedPreKeyStore;
}

/** Its classes are made once for each version of the library, so that V8 sees one shape of them. */
export function libsignalStores(library: Libsignal, unchanged: SavedIdentity): LibsignalStores {
  const Sessions = sessionStore(library);
  const Identities = identityStore(library, unchanged);
  const PreKeys = preKeyStore(library);
  const SignedPreKeys = signedPreKeyStore(library);
  return {
    sessions: (store) => new Sessions(store),
    identities: (identity) => new Identities(identity),
    preKeys: (store) => new PreKeys(store),
    signedPreKeys: (store) => new SignedPreKeys(store),
  };
}

function sessionStore(library: Libsignal): new (store: RecordStore) => SessionStore {
  return class extends library.SessionStore {
    readonly #store: RecordStore;

    constructor(store: RecordStore) {
      super();
      this.#store = store;
    }

    async saveSession(address: ProtocolAddress, record: SessionRecord): Promise<void> {
      await this.#store.put([[address.name(), record.serialize()]]);
    }

    async getSession(address: ProtocolAddress): Promise<SessionRecord | null> {
      const [bytes] = await this.#store.get([address.name()]);
      return bytes === undefined ? null : library.SessionRecord.deserialize(asBuffer(bytes));
    }

    async getExistingSessions(): Promise<SessionRecord[]> {
      throw new Error("not called in this protocol version");
    }
  };
}

/** Trusts everybody: our own backend does not ask for trust either. */
function identityStore(
  library: Libsignal,
  unchanged: SavedIdentity,
): new (
  identity: PrivateKey,
) => IdentityKeyStore {
  return class extends library.IdentityKeyStore {
    readonly #identity: PrivateKey;

    constructor(identity: PrivateKey) {
      super();
      this.#identity = identity;
    }

    async getIdentityKey(): Promise<PrivateKey> {
      return this.#identity;
    }

    async getLocalRegistrationId(): Promise<number> {
      return 11;
    }

    async saveIdentity(): Promise<SavedIdentity> {
      return unchanged;
    }

    async isTrustedIdentity(): Promise<boolean> {
      return true;
    }

    async getIdentity(): Promise<null> {
      return null;
    }
  };
}

function preKeyStore(library: Libsignal): new (store: RecordStore) => PreKeyStore {
  return class extends library.PreKeyStore {
    readonly #store: RecordStore;

    constructor(store: RecordStore) {
      super();
      this.#store = store;
    }

    async savePreKey(): Promise<void> {
      throw new Error("prekeys are saved when they are published");
    }

    async getPreKey(id: number): ReturnType<PreKeyStore["getPreKey"]> {
      return library.PreKeyRecord.deserialize(await present(this.#store, `prekey/${id}`));
    }

    async removePreKey(id: number): Promise<void> {
      await this.#store.delete([`prekey/${id}`]);
    }
  };
}

function signedPreKeyStore(library: Libsignal): new (store: RecordStore) => SignedPreKeyStore {
  return class extends library.SignedPreKeyStore {
    readonly #store: RecordStore;

    constructor(store: RecordStore) {
      super();
      this.#store = store;
    }

    async saveSignedPreKey(): Promise<void> {
      throw new Error("the signed prekey is saved when its device is made");
    }

    async getSignedPreKey(id: number): ReturnType<SignedPreKeyStore["getSignedPreKey"]> {
      return library.SignedPreKeyRecord.deserialize(await present(this.#store, `signed/${id}`));
    }
  };
}

async function present(store: RecordStore, key: string): Promise<Buffer> {
  const [bytes] = await store.get([key]);
  if (bytes === undefined) throw new Error(`nothing is stored as ${key}`);
  return asBuffer(bytes);
}

function asBuffer({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}
