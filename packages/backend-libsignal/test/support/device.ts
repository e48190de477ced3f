import { libsignalBackend } from "@omemo/backend-libsignal";
import {
  type ChosenBundle,
  type DeviceId,
  type KeyPair,
  LEGACY,
  type NeedsParts,
  type OmemoBackend,
  type Opened,
  type Refused,
  type Session,
  type SessionChange,
  type SessionHead,
} from "@omemo/core";
import { decodePreKeySignalMessage } from "@omemo/core/wire";

/** A ciphertext on its way. */
export interface Letter {
  readonly bytes: Uint8Array;
  readonly isKeyExchange: boolean;
}

const SIGNED_PRE_KEY_ID = 1;

/** A device with its keys and its session with one peer, on any backend. */
export class Device {
  readonly backend: OmemoBackend;
  readonly identity: KeyPair;
  readonly signedPreKey: KeyPair;
  /** Goes as they are used. */
  readonly preKeys: Map<number, KeyPair> = new Map();
  head: SessionHead | undefined;
  parts: ReadonlyMap<string, Uint8Array> = new Map();
  #nextPreKeyId = 1;

  private constructor(backend: OmemoBackend, identity: KeyPair, signedPreKey: KeyPair) {
    this.backend = backend;
    this.identity = identity;
    this.signedPreKey = signedPreKey;
  }

  static async create(
    backend: OmemoBackend = libsignalBackend({ license: "AGPL-3.0-only" }),
  ): Promise<Device> {
    const [signedPreKey] = await backend.generateKeyPairs(1);
    return new Device(backend, await backend.generateIdentity(), signedPreKey as KeyPair);
  }

  /** With a prekey that nobody used, or with none. */
  async bundle(hasPreKey = true): Promise<ChosenBundle> {
    const { backend, identity, signedPreKey } = this;
    const preKeyId = hasPreKey ? await this.#newPreKey() : undefined;
    return {
      identityKey: backend.encodeIdentityKey(LEGACY, identity),
      signedPreKeyId: SIGNED_PRE_KEY_ID,
      signedPreKey: signedPreKey.publicKey,
      signedPreKeySignature: await backend.signPreKey(LEGACY, identity, signedPreKey.publicKey),
      preKeyId,
      preKey: preKeyId === undefined ? undefined : this.preKeys.get(preKeyId)?.publicKey,
    };
  }

  /** Builds a session in front of the one that there is; a refusal is an error here. */
  async initiate(bundle: ChosenBundle): Promise<void> {
    const answer = await this.#withParts((existing) =>
      this.backend.initiate({
        version: LEGACY,
        identity: this.identity,
        deviceId: 1 as DeviceId,
        bundle,
        existing,
      }),
    );
    if (answer.kind !== "initiated") throw new Error(`was refused: ${answer.reason}`);
    this.keep(answer.change);
  }

  async seal(plaintext: Uint8Array = new Uint8Array(32)): Promise<Letter> {
    const [sealed] = await this.backend.encryptFor([this.session([])], plaintext);
    if (sealed === undefined) throw new Error("nothing was sealed");
    this.keep(sealed.change);
    return { bytes: sealed.message, isKeyExchange: sealed.isKeyExchange };
  }

  /** Opens a letter and keeps what follows, when it is not refused. */
  async open(letter: Letter): Promise<Opened | Refused> {
    const answer = await this.attempt(letter);
    if (answer.kind === "refused") return answer;
    this.keep(answer.change);
    const exchange = decodePreKeySignalMessage(letter.bytes);
    if (answer.usedPreKey && exchange.kind !== "malformed") {
      this.preKeys.delete(exchange.preKeyId ?? 0);
    }
    return answer;
  }

  /** Keeps nothing of it. */
  attempt({ bytes: message, isKeyExchange }: Letter): Promise<Opened | Refused> {
    if (!isKeyExchange) {
      return this.#withParts((session) =>
        this.backend.decrypt(session ?? this.session([]), message),
      );
    }
    const exchange = decodePreKeySignalMessage(message);
    const ids = exchange.kind === "malformed" ? undefined : exchange;
    return this.#withParts((existing) =>
      this.backend.accept({
        version: LEGACY,
        identity: this.identity,
        deviceId: 2 as DeviceId,
        signedPreKey: ids?.signedPreKeyId === SIGNED_PRE_KEY_ID ? this.signedPreKey : undefined,
        preKey: this.preKeys.get(ids?.preKeyId ?? 0),
        existing,
        message,
      }),
    );
  }

  keep({ head, put, drop }: SessionChange): void {
    const parts = new Map(this.parts);
    for (const name of drop) parts.delete(name);
    for (const { name, value } of put) parts.set(name, value);
    this.head = head;
    this.parts = parts;
  }

  /** As a store would load it. */
  session(names: readonly string[]): Session {
    if (this.head === undefined) throw new Error("there is no session");
    const parts = names.map((name) => ({ name, value: this.parts.get(name) as Uint8Array }));
    return { version: LEGACY, head: this.head, parts };
  }

  async #newPreKey(): Promise<number> {
    const [pair] = await this.backend.generateKeyPairs(1);
    const id = this.#nextPreKeyId;
    this.#nextPreKeyId += 1;
    this.preKeys.set(id, pair as KeyPair);
    return id;
  }

  async #withParts<Answer extends { readonly kind: string }>(
    call: (session: Session | undefined) => Promise<Answer>,
  ): Promise<Exclude<Answer, NeedsParts>> {
    const names: string[] = [];
    for (let round = 0; round <= 3; round += 1) {
      const answer = await call(this.head === undefined ? undefined : this.session(names));
      if (answer.kind !== "needs-parts") return answer as Exclude<Answer, NeedsParts>;
      names.push(...(answer as unknown as NeedsParts).names);
    }
    throw new Error("asked for parts more than three times");
  }
}

/** Two devices whose session both have confirmed. */
export async function friends(
  backends: readonly [OmemoBackend?, OmemoBackend?] = [],
): Promise<readonly [alice: Device, bob: Device]> {
  const [alice, bob] = [await Device.create(backends[0]), await Device.create(backends[1])];
  await alice.initiate(await bob.bundle());
  opened(await bob.open(await alice.seal()));
  opened(await alice.open(await bob.seal()));
  opened(await bob.open(await alice.seal()));
  return [alice, bob];
}

/** The answer, if the message was opened. */
export function opened(answer: Opened | Refused): Opened {
  if (answer.kind === "refused") throw new Error(`was refused: ${answer.reason}`);
  return answer;
}
