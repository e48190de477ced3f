import {
  concatBytes,
  type DeviceId,
  deviceId,
  type Initiated,
  type InitiateInput,
  type KeyPair,
  type NeedsParts,
  type OmemoBackend,
  type OmemoVersion,
  type Opened,
  type Refused,
  type Session,
  type SessionChange,
  type SessionHead,
  type SessionPart,
} from "@omemo/core";
import { readKeyHeader } from "@omemo/core/wire";
import type { Bundle, Device, Envelope } from "./candidate.ts";
import { RecordStore } from "./recordStore.ts";

/** The backends of a device: one that makes it, and one that its copies compute with. */
export interface Backends {
  readonly preparing: OmemoBackend;
  readonly measured: OmemoBackend;
}

const DEVICE_ID: DeviceId = deviceId(11);
const SIGNED_PRE_KEY_ID = 1;

/** A device on our own backend: a head and parts per session, as the port asks for. */
export class OwnDevice implements Device {
  readonly #backends: Backends;
  readonly #backend: OmemoBackend;
  readonly #version: OmemoVersion;
  readonly #identity: KeyPair;
  readonly #store: RecordStore;
  #lastPreKeyId = 0;

  private constructor(
    backends: Backends,
    backend: OmemoBackend,
    version: OmemoVersion,
    identity: KeyPair,
    store: RecordStore,
  ) {
    this.#backends = backends;
    this.#backend = backend;
    this.#version = version;
    this.#identity = identity;
    this.#store = store;
  }

  static async create(backends: Backends, version: OmemoVersion): Promise<OwnDevice> {
    const { preparing } = backends;
    const store = new RecordStore();
    const [signedPreKey] = await preparing.generateKeyPairs(1);
    await store.put([[`signed/${SIGNED_PRE_KEY_ID}`, pairToBytes(signedPreKey as KeyPair)]]);
    const identity = await preparing.generateIdentity();
    return new OwnDevice(backends, preparing, version, identity, store);
  }

  copy(): OwnDevice {
    const { measured } = this.#backends;
    const store = this.#store.copy();
    return new OwnDevice(this.#backends, measured, this.#version, this.#identity, store);
  }

  async publish(): Promise<Bundle> {
    const signedPreKey = await this.#pair(`signed/${SIGNED_PRE_KEY_ID}`);
    const [preKey] = await this.#backend.generateKeyPairs(1);
    const preKeyId = ++this.#lastPreKeyId;
    await this.#store.put([[`prekey/${preKeyId}`, pairToBytes(preKey as KeyPair)]]);
    const signed = (signedPreKey as KeyPair).publicKey;
    return {
      identityKey: this.#backend.encodeIdentityKey(this.#version, this.#identity),
      signedPreKeyId: SIGNED_PRE_KEY_ID,
      signedPreKey: signed,
      signature: await this.#backend.signPreKey(this.#version, this.#identity, signed),
      preKeyId,
      preKey: (preKey as KeyPair).publicKey,
    };
  }

  async start(peer: string, { signature, ...bundle }: Bundle): Promise<void> {
    const input: Omit<InitiateInput, "existing"> = {
      version: this.#version,
      identity: this.#identity,
      deviceId: DEVICE_ID,
      bundle: { ...bundle, signedPreKeySignature: signature },
    };
    const { change } = await this.#withParts(peer, (existing) =>
      this.#backend.initiate({ ...input, existing }),
    );
    await this.#save([[peer, change]]);
  }

  async encrypt(peers: readonly string[], plaintext: Uint8Array): Promise<readonly Envelope[]> {
    const heads = await this.#store.get(peers);
    const sessions = heads.map((head) => this.#session(head, []) as Session);
    const sealed = await this.#backend.encryptFor(sessions, plaintext);
    await this.#save(sealed.map(({ change }, index) => [peers[index] as string, change]));
    return sealed.map(({ message, isKeyExchange }) => ({ bytes: message, isKeyExchange }));
  }

  async decrypt(peer: string, { bytes, isKeyExchange }: Envelope): Promise<Uint8Array> {
    const opened = isKeyExchange
      ? await this.#accept(peer, bytes)
      : await this.#withParts(peer, (session) => this.#backend.decrypt(session as Session, bytes));
    await this.#save([[peer, opened.change]]);
    return opened.plaintext;
  }

  duplicateSession(peer: string, name: string): void {
    this.#store.duplicate(peer, name);
  }

  recordSize(peer: string): number {
    return this.#store.peek(peer).length;
  }

  async #accept(peer: string, message: Uint8Array): Promise<Opened> {
    const header = readKeyHeader(this.#version, message, true);
    if (header.kind !== "key-exchange") throw new Error("not a key exchange");
    const preKeyName = `prekey/${header.preKeyId}`;
    const input = {
      version: this.#version,
      identity: this.#identity,
      deviceId: DEVICE_ID,
      signedPreKey: await this.#pair(`signed/${header.signedPreKeyId}`),
      preKey: await this.#pair(preKeyName),
      message,
    };
    const opened = await this.#withParts(peer, (existing) =>
      this.#backend.accept({ ...input, existing }),
    );
    if (opened.usedPreKey) await this.#store.delete([preKeyName]);
    return opened;
  }

  /** Calls again with the parts that were asked for. */
  async #withParts<Answer extends Initiated | Opened>(
    peer: string,
    call: (session: Session | undefined) => Promise<Answer | NeedsParts | Refused>,
  ): Promise<Answer> {
    const [head] = await this.#store.get([peer]);
    const parts: SessionPart[] = [];
    for (;;) {
      const answer = await call(this.#session(head, parts));
      if (answer.kind === "refused") throw new Error(`refused: ${answer.reason}`);
      if (answer.kind !== "needs-parts") return answer;
      const values = await this.#store.get(answer.names.map((name) => `${peer}/${name}`));
      for (const [index, value] of values.entries()) {
        if (value !== undefined) parts.push({ name: answer.names[index] as string, value });
      }
    }
  }

  #session(head: Uint8Array | undefined, parts: readonly SessionPart[]): Session | undefined {
    return head && { version: this.#version, head: head as SessionHead, parts };
  }

  async #save(changes: readonly (readonly [peer: string, change: SessionChange])[]): Promise<void> {
    const records: [string, Uint8Array][] = [];
    const dropped: string[] = [];
    for (const [peer, { head, put, drop }] of changes) {
      records.push([peer, head]);
      for (const { name, value } of put) records.push([`${peer}/${name}`, value]);
      for (const name of drop) dropped.push(`${peer}/${name}`);
    }
    await this.#store.put(records);
    if (dropped.length > 0) await this.#store.delete(dropped);
  }

  async #pair(key: string): Promise<KeyPair | undefined> {
    const [bytes] = await this.#store.get([key]);
    return bytes && { privateKey: bytes.subarray(0, 32), publicKey: bytes.subarray(32) };
  }
}

function pairToBytes({ privateKey, publicKey }: KeyPair): Uint8Array {
  return concatBytes(privateKey, publicKey);
}
