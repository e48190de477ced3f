import type {
  ChosenBundle,
  DeviceId,
  Initiated,
  KeyPair,
  NeedsParts,
  OmemoBackend,
  OmemoVersion,
  Opened,
  Refused,
  Session,
  SessionChange,
  SessionHead,
} from "@omemo/core";

/** An answer that is final. */
export type Settled<Answer> = Exclude<Answer, NeedsParts>;

/** A session as a store would hold it, that counts what it costs. */
export class StoredSession {
  readonly version: OmemoVersion;
  readonly parts: Map<string, Uint8Array> = new Map();
  head: SessionHead | undefined;
  /** Names of the parts that were loaded, round by round, for the last call. */
  rounds: readonly (readonly string[])[] = [];
  /** Bytes that the last change wrote, its head included. */
  bytesWritten = 0;

  constructor(version: OmemoVersion) {
    this.version = version;
  }

  /** The session with those parts; a part that is not there is a defect of the backend. */
  load(names: readonly string[] = []): Session {
    const { head, version } = this;
    if (head === undefined) throw new Error("there is no session");
    const parts = names.map((name) => {
      const value = this.parts.get(name);
      if (value === undefined) throw new Error(`asked for ${name}, which was never stored`);
      return { name, value };
    });
    return { version, head, parts };
  }

  /** With every part. */
  loadAll(): Session {
    return this.load([...this.parts.keys()]);
  }

  /** Calls until the answer is final, in at most three rounds of loading. */
  async settle<Answer extends { readonly kind: string }>(
    call: (session: Session | undefined) => Promise<Answer>,
  ): Promise<Settled<Answer>> {
    const rounds: (readonly string[])[] = [];
    for (;;) {
      const names = rounds.flat();
      const answer = await call(this.head === undefined ? undefined : this.load(names));
      this.rounds = rounds;
      if (answer.kind !== "needs-parts") return answer as Settled<Answer>;
      const asked = (answer as unknown as NeedsParts).names;
      if (asked.length === 0 || asked.some((name) => names.includes(name))) {
        throw new Error("asked for parts that were given");
      }
      rounds.push(asked);
      if (rounds.length > 3) throw new Error("asked in more than three rounds");
    }
  }

  apply({ head, put, drop }: SessionChange): void {
    this.head = head;
    for (const name of drop) this.parts.delete(name);
    for (const { name, value } of put) this.parts.set(name, value);
    this.bytesWritten = put.reduce((sum, { value }) => sum + value.length, head.length);
  }

  /** Everything stored, as text, for comparisons. */
  dump(): string {
    const parts = [...this.parts].sort(([a], [b]) => (a < b ? -1 : 1));
    return JSON.stringify([hexOf(this.head), parts.map(([name, value]) => [name, hexOf(value)])]);
  }
}

/** A device with its keys, and its session with one peer. */
export class Device {
  readonly backend: OmemoBackend;
  readonly version: OmemoVersion;
  readonly identity: KeyPair;
  readonly signedPreKey: KeyPair;
  readonly preKeys: Map<number, KeyPair>;
  readonly session: StoredSession;

  private constructor(
    backend: OmemoBackend,
    version: OmemoVersion,
    identity: KeyPair,
    [signedPreKey, ...preKeys]: readonly KeyPair[],
  ) {
    this.backend = backend;
    this.version = version;
    this.identity = identity;
    this.signedPreKey = signedPreKey as KeyPair;
    this.preKeys = new Map(preKeys.map((pair, index) => [index + 1, pair]));
    this.session = new StoredSession(version);
  }

  static async create(backend: OmemoBackend, version: OmemoVersion, preKeys = 3): Promise<Device> {
    const identity = await backend.generateIdentity();
    return new Device(backend, version, identity, await backend.generateKeyPairs(preKeys + 1));
  }

  /** With the signed prekey of id 1; without `preKeyId` no one-time prekey. */
  async bundle(preKeyId?: number): Promise<ChosenBundle> {
    const { backend, version, identity, signedPreKey } = this;
    return {
      identityKey: backend.encodeIdentityKey(version, identity),
      signedPreKeyId: 1,
      signedPreKey: signedPreKey.publicKey,
      signedPreKeySignature: await backend.signPreKey(version, identity, signedPreKey.publicKey),
      preKeyId,
      preKey: preKeyId === undefined ? undefined : this.preKeys.get(preKeyId)?.publicKey,
    };
  }

  async initiate(bundle: ChosenBundle): Promise<Initiated | Refused> {
    const { version, identity } = this;
    const answer = await this.session.settle((existing) =>
      this.backend.initiate({ version, identity, deviceId: 1 as DeviceId, bundle, existing }),
    );
    if (answer.kind === "initiated") this.session.apply(answer.change);
    return answer;
  }

  async send(plaintext: Uint8Array = new Uint8Array(48)): Promise<Uint8Array> {
    const [sealed] = await this.backend.encryptFor([this.session.load()], plaintext);
    if (sealed === undefined) throw new Error("nothing was sealed");
    this.session.apply(sealed.change);
    return sealed.message;
  }

  async accept(message: Uint8Array, preKeyId?: number): Promise<Opened | Refused> {
    const { version, identity, signedPreKey } = this;
    const preKey = preKeyId === undefined ? undefined : this.preKeys.get(preKeyId);
    const answer = await this.session.settle((existing) =>
      this.backend.accept({
        version,
        identity,
        deviceId: 2 as DeviceId,
        signedPreKey,
        preKey,
        existing,
        message,
      }),
    );
    if (answer.kind === "opened") this.session.apply(answer.change);
    return answer;
  }

  async decrypt(message: Uint8Array): Promise<Opened | Refused> {
    const answer = await this.session.settle((session) =>
      this.backend.decrypt(session ?? this.session.load(), message),
    );
    if (answer.kind === "opened") this.session.apply(answer.change);
    return answer;
  }
}

/** Two devices in the middle of a conversation: both have sent and received. */
export async function conversation(
  backend: OmemoBackend,
  version: OmemoVersion,
): Promise<readonly [alice: Device, bob: Device]> {
  const alice = await Device.create(backend, version);
  const bob = await Device.create(backend, version);
  await alice.initiate(await bob.bundle(1));
  opened(await bob.accept(await alice.send(), 1));
  opened(await alice.decrypt(await bob.send()));
  return [alice, bob];
}

/** The answer, if the message was opened; a test that goes on without it would prove nothing. */
export function opened(answer: Opened | Refused): Opened {
  if (answer.kind === "refused") throw new Error(`was refused: ${answer.reason}`);
  return answer;
}

/** The reason of a refusal. */
export function reasonOf(answer: { readonly kind: string } | Refused): string | undefined {
  return answer.kind === "refused" ? (answer as Refused).reason : undefined;
}

function hexOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? "" : Buffer.from(bytes).toString("hex");
}
