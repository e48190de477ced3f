/**
 * Opens messages, each over stores that are made for it and thrown away with it: what the library
 * saves is an answer, and nothing lasts by itself. All that goes in and out is bytes, so it can be
 * done in a thread, which is started on this very file; therefore this file imports no other one.
 */

import { isMainThread, parentPort, workerData } from "node:worker_threads";
import {
  IdentityKeyStore,
  PreKeyRecord,
  PreKeySignalMessage,
  PreKeyStore,
  PrivateKey,
  ProtocolAddress,
  SessionRecord,
  SessionStore,
  SignalMessage,
  SignedPreKeyRecord,
  SignedPreKeyStore,
  signalDecrypt,
  signalDecryptPreKey,
} from "@signalapp/libsignal-client";

/** Our side of a new session. */
export interface LibraryIdentity {
  /** 32 bytes. */
  readonly privateKey: Uint8Array;
  /** Written as registration id [W-22]. */
  readonly deviceId: number;
}

/** One of our prekeys; the private key has 32 bytes. */
export interface LibraryPreKey {
  readonly id: number;
  readonly privateKey: Uint8Array;
}

/** A message of the one session given, or the first message of a new one. */
export type OpenRequest =
  | { readonly kind: "message"; readonly record: Uint8Array; readonly message: Uint8Array }
  | {
      readonly kind: "exchange";
      readonly identity: LibraryIdentity;
      readonly signedPreKey: LibraryPreKey;
      readonly preKey: LibraryPreKey | undefined;
      readonly message: Uint8Array;
    };

export interface LibraryOpened {
  readonly kind: "opened";
  readonly record: Uint8Array;
  readonly plaintext: Uint8Array;
}

/** A refusal of the library in its own words. */
export interface LibraryFailure {
  readonly kind: "failed";
  readonly code: number;
  readonly message: string;
}

/** What the thread is told, so that no thread of an application is taken for ours. */
export const OPEN_IN_THREAD = "omemo: open a message";

/** What the library calls the peer; it is in no byte of a session or message. */
export const PEER: ProtocolAddress = ProtocolAddress.new("peer", 1);

export async function openMessage(request: OpenRequest): Promise<LibraryOpened | LibraryFailure> {
  return orFailure(async () => {
    const sessions = new OneSession(request.kind === "message" ? request.record : undefined);
    const plaintext = await open(request, sessions);
    return { kind: "opened", record: sessions.saved(), plaintext: Uint8Array.from(plaintext) };
  });
}

async function open(request: OpenRequest, sessions: SessionStore): Promise<Uint8Array> {
  const bytes = asBuffer(request.message);
  if (request.kind === "message") {
    const message = SignalMessage.deserialize(bytes);
    return signalDecrypt(message, PEER, sessions, new OwnIdentity(undefined));
  }
  return signalDecryptPreKey(
    PreKeySignalMessage.deserialize(bytes),
    PEER,
    sessions,
    new OwnIdentity(request.identity),
    new OnePreKey(request.preKey),
    new OneSignedPreKey(request.signedPreKey),
  );
}

/** Refusals of the library as values; whatever else is thrown is a defect, and stays one. */
export async function orFailure<Answer>(
  body: () => Promise<Answer>,
): Promise<Answer | LibraryFailure> {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && typeof error.code === "number")) throw error;
    return { kind: "failed", code: error.code, message: error.message };
  }
}

/** The same bytes as the library wants them. */
export function asBuffer({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

/** One session record: what was given, then what the library saved. */
export class OneSession extends SessionStore {
  #record: Uint8Array | undefined;

  constructor(record: Uint8Array | undefined) {
    super();
    this.#record = record;
  }

  saved(): Uint8Array {
    if (this.#record === undefined) throw new TypeError("the library saved no session");
    return this.#record;
  }

  override async saveSession(_peer: ProtocolAddress, record: SessionRecord): Promise<void> {
    this.#record = Uint8Array.from(record.serialize());
  }

  /** A fresh copy: the library works on what it is given, also when it fails. */
  override async getSession(): Promise<SessionRecord | null> {
    return this.#record === undefined ? null : SessionRecord.deserialize(asBuffer(this.#record));
  }

  override async getExistingSessions(): Promise<SessionRecord[]> {
    throw new TypeError("the library asked for other sessions");
  }
}

/** Trusts everybody and remembers nobody: others decide, once a message is open [W-91]. */
export class OwnIdentity extends IdentityKeyStore {
  readonly #identity: LibraryIdentity | undefined;

  /** @param identity only needed where a session begins. */
  constructor(identity: LibraryIdentity | undefined) {
    super();
    this.#identity = identity;
  }

  override async getIdentityKey(): Promise<PrivateKey> {
    return PrivateKey.deserialize(asBuffer(this.#present().privateKey));
  }

  override async getLocalRegistrationId(): Promise<number> {
    return this.#present().deviceId;
  }

  override async saveIdentity(): Promise<boolean> {
    return false;
  }

  override async isTrustedIdentity(): Promise<boolean> {
    return true;
  }

  override async getIdentity(): Promise<null> {
    return null;
  }

  #present(): LibraryIdentity {
    if (this.#identity === undefined) throw new TypeError("the library asked who we are");
    return this.#identity;
  }
}

class OnePreKey extends PreKeyStore {
  readonly #preKey: LibraryPreKey | undefined;

  constructor(preKey: LibraryPreKey | undefined) {
    super();
    this.#preKey = preKey;
  }

  override async getPreKey(id: number): Promise<PreKeyRecord> {
    if (id !== this.#preKey?.id) throw new TypeError("the library asked for another prekey");
    const key = PrivateKey.deserialize(asBuffer(this.#preKey.privateKey));
    return PreKeyRecord.new(id, key.getPublicKey(), key);
  }

  override async savePreKey(): Promise<void> {
    throw new TypeError("the library made a prekey");
  }

  /** It goes with the commit that keeps the session. */
  override async removePreKey(): Promise<void> {}
}

class OneSignedPreKey extends SignedPreKeyStore {
  readonly #preKey: LibraryPreKey;

  constructor(preKey: LibraryPreKey) {
    super();
    this.#preKey = preKey;
  }

  /** Without its signature, which is for others. */
  override async getSignedPreKey(id: number): Promise<SignedPreKeyRecord> {
    if (id !== this.#preKey.id) throw new TypeError("the library asked for another signed prekey");
    const key = PrivateKey.deserialize(asBuffer(this.#preKey.privateKey));
    return SignedPreKeyRecord.new(id, 0, key.getPublicKey(), key, Buffer.alloc(64));
  }

  override async saveSignedPreKey(): Promise<void> {
    throw new TypeError("the library made a signed prekey");
  }
}

if (!isMainThread && workerData?.task === OPEN_IN_THREAD) {
  void openMessage(workerData.request).then((answer) => parentPort?.postMessage(answer));
}
