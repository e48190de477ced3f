import {
  type AcceptInput,
  type ChosenBundle,
  deviceId,
  type KeyPair,
  type NeedsParts,
  type OmemoBackend,
  type OmemoVersion,
  type Opened,
  type Refused,
  type Session,
  type SessionChange,
  type SessionHead,
} from "@omemo/core";
import { readKeyMessage } from "../../observation/keyMessage.js";
import { assert, assertEqual, present } from "../assertions.js";

/** A ciphertext on its way. */
export interface Letter {
  readonly bytes: Uint8Array;
  readonly isKeyExchange: boolean;
  readonly plaintext: Uint8Array;
}

/** A session as a store would keep it: the head and all parts. */
export interface KeptSession {
  readonly head: SessionHead;
  readonly parts: ReadonlyMap<string, Uint8Array>;
}

const SIGNED_PRE_KEY_ID = 1;
/** How often a backend may ask for more parts. */
const MAX_ROUNDS = 3;
const PART_NAME = /^[A-Za-z0-9-]{1,100}$/;

/** One device of one account, with one peer; keeps what a store would keep, and gives parts only on demand. */
export class Party {
  readonly backend: OmemoBackend;
  readonly version: OmemoVersion;
  readonly identity: KeyPair;
  readonly signedPreKey: KeyPair;
  readonly preKeys: Map<number, KeyPair>;
  session: KeptSession | undefined;
  /** Parts are given before they are asked for. */
  givesAllParts = false;

  private constructor(
    backend: OmemoBackend,
    version: OmemoVersion,
    identity: KeyPair,
    [signedPreKey, ...preKeys]: readonly KeyPair[],
  ) {
    this.backend = backend;
    this.version = version;
    this.identity = identity;
    this.signedPreKey = present(signedPreKey, "the signed prekey");
    this.preKeys = new Map(preKeys.map((pair, index) => [index + 1, pair]));
  }

  static async create(backend: OmemoBackend, version: OmemoVersion, preKeys = 4): Promise<Party> {
    const identity = await backend.generateIdentity();
    return new Party(backend, version, identity, await backend.generateKeyPairs(1 + preKeys));
  }

  /** What it publishes, with one prekey chosen, or none. */
  async bundle(preKeyId: number | undefined = this.firstPreKeyId()): Promise<ChosenBundle> {
    const { backend, version, identity, signedPreKey } = this;
    const preKey = preKeyId === undefined ? undefined : this.preKeys.get(preKeyId);
    return {
      identityKey: backend.encodeIdentityKey(version, identity),
      signedPreKeyId: SIGNED_PRE_KEY_ID,
      signedPreKey: signedPreKey.publicKey,
      signedPreKeySignature: await backend.signPreKey(version, identity, signedPreKey.publicKey),
      preKeyId,
      preKey: preKey?.publicKey,
    };
  }

  /** Builds a session from a bundle, in place of the one that it has. */
  async initiate(bundle: ChosenBundle): Promise<void> {
    const { version, identity } = this;
    const answer = await this.#withParts((existing) =>
      this.backend.initiate({ version, identity, deviceId: deviceId(11), bundle, existing }),
    );
    assertEqual(answer.kind, "initiated", "a session from a bundle");
    if (answer.kind === "initiated") this.keep(answer.change);
  }

  /** Encrypts in the present session, and keeps the state that this leaves. */
  async seal(plaintext: Uint8Array): Promise<Letter> {
    const [sealed] = await this.backend.encryptFor([this.loaded([])], plaintext);
    const { message, isKeyExchange, change } = present(sealed, "an answer of encryptFor");
    this.keep(change);
    return { bytes: message, isKeyExchange, plaintext };
  }

  /** Tries to open a message; keeps nothing. */
  attempt(letter: Pick<Letter, "bytes" | "isKeyExchange">): Promise<Opened | Refused> {
    const { bytes, isKeyExchange } = letter;
    if (!isKeyExchange) {
      return this.#withParts((session) =>
        this.backend.decrypt(present(session, "a session to decrypt in"), bytes),
      );
    }
    const input = this.#acceptInput(bytes);
    return this.#withParts((existing) => this.backend.accept({ ...input, existing }));
  }

  /** Opens a message, checks the plaintext, and keeps the state that this leaves. */
  async open(letter: Letter): Promise<Opened> {
    const answer = await this.attempt(letter);
    if (answer.kind === "refused") {
      assert(false, `expected to open a message, refused as ${answer.reason}`);
    }
    const opened = answer as Opened;
    assertEqual(opened.plaintext, letter.plaintext, "plaintext");
    this.keep(opened.change);
    const { exchange } = readKeyMessage(this.version, letter.bytes, letter.isKeyExchange) ?? {};
    if (opened.usedPreKey) this.preKeys.delete(exchange?.preKeyId ?? 0);
    return opened;
  }

  /** As one commit would. */
  keep({ head, put, drop }: SessionChange): void {
    const parts = new Map(this.session?.parts);
    for (const name of drop) parts.delete(name);
    for (const { name, value } of put) {
      assert(PART_NAME.test(name), `a part is named ${name}`);
      parts.set(name, value);
    }
    const names = [...put.map(({ name }) => name), ...drop];
    assertEqual(new Set(names).size, names.length, "each part at most once in a change");
    this.session = { head, parts };
  }

  /** The session with these parts loaded. */
  loaded(names: readonly string[]): Session {
    const { head, parts } = present(this.session, "a session");
    const given = names.map((name) => ({ name, value: present(parts.get(name), `part ${name}`) }));
    return { version: this.version, head, parts: given };
  }

  firstPreKeyId(): number | undefined {
    return [...this.preKeys.keys()][0];
  }

  #acceptInput(message: Uint8Array): Omit<AcceptInput, "existing"> {
    const { version, identity, signedPreKey } = this;
    const { exchange } = readKeyMessage(version, message, true) ?? {};
    return {
      version,
      identity,
      deviceId: deviceId(22),
      signedPreKey: exchange?.signedPreKeyId === SIGNED_PRE_KEY_ID ? signedPreKey : undefined,
      preKey: this.preKeys.get(exchange?.preKeyId ?? 0),
      message,
    };
  }

  /** Calls again with the parts that are asked for, as long as the port allows. */
  async #withParts<Answer extends { readonly kind: string }>(
    call: (session: Session | undefined) => Promise<Answer | NeedsParts>,
  ): Promise<Answer> {
    let names = this.givesAllParts ? [...(this.session?.parts.keys() ?? [])] : [];
    for (let round = 0; ; round += 1) {
      const session = this.session === undefined ? undefined : this.loaded(names);
      const answer = await call(session);
      if (!isNeedsParts(answer)) return answer;
      assert(round < MAX_ROUNDS, "asked for parts more than three times");
      assert(answer.names.length > 0, "asked for no part at all");
      const asked = [...names, ...answer.names];
      assertEqual(new Set(asked).size, asked.length, "asks only for parts that were not given");
      names = asked;
    }
  }
}

function isNeedsParts(answer: { readonly kind: string }): answer is NeedsParts {
  return answer.kind === "needs-parts";
}

/** Two parties; Alice has built a session from Bob's bundle, and Bob knows nothing of it. */
export async function strangers(
  backend: OmemoBackend,
  version: OmemoVersion,
): Promise<{ readonly alice: Party; readonly bob: Party }> {
  const alice = await Party.create(backend, version);
  const bob = await Party.create(backend, version);
  await alice.initiate(await bob.bundle());
  return { alice, bob };
}

/** Two parties whose session both have confirmed: no exchange travels any more. */
export async function friends(
  backend: OmemoBackend,
  version: OmemoVersion,
): Promise<{ readonly alice: Party; readonly bob: Party }> {
  const { alice, bob } = await strangers(backend, version);
  await bob.open(await alice.seal(text("hello")));
  await alice.open(await bob.seal(text("hello yourself")));
  await bob.open(await alice.seal(text("fine")));
  return { alice, bob };
}

/** UTF-8. */
export function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}
