import {
  type OmemoBackend,
  type OmemoVersion,
  type Opened,
  type Refused,
  toHex,
} from "@omemo/core";
import { readKeyHeader } from "@omemo/core/wire";
import { differs, firstOf, hex } from "../compare.js";
import type { ReplayOptions, VectorSubject } from "../subject.js";
import { checkState } from "./checkState.js";
import { messageCounter } from "./messageCounter.js";
import { isAcceptable, outcomeOf } from "./outcome.js";
import { curveKey, identityKeyOf, PartyKeys } from "./partyKeys.js";
import { StoredSession } from "./storedSession.js";
import type {
  DecryptStep,
  EncryptStep,
  ExpectedState,
  InitiateStep,
  TranscriptParty,
  TranscriptStep,
} from "./transcript.js";

/** OMEMO 2 asks for a heartbeat from this counter on [O2-139]. */
const HEARTBEAT_COUNTER = 53;

/** One side of a transcript, with injected keys; each step answers what was wrong, if anything. */
export class ReplayParty {
  readonly #version: OmemoVersion;
  readonly #subject: VectorSubject;
  readonly #backend: OmemoBackend;
  readonly #keys: PartyKeys;
  readonly #session: StoredSession;
  readonly #peerIdentity: string | undefined;
  readonly #heartbeats = new Set<string>();
  #drawn: Uint8Array[] = [];

  constructor(
    subject: VectorSubject,
    version: OmemoVersion,
    parties: { readonly own: TranscriptParty; readonly peer: TranscriptParty },
    options: Omit<ReplayOptions, "randomBytes">,
  ) {
    const { own, peer } = parties;
    this.#version = version;
    this.#subject = subject;
    const randomBytes = (length: number) => this.#draw(length);
    this.#backend = subject.createBackend({ ...options, randomBytes });
    this.#keys = new PartyKeys(this.#backend, own);
    this.#session = new StoredSession(version);
    const peerKey = identityKeyOf(this.#backend, peer);
    this.#peerIdentity = peerKey && toHex(peerKey);
  }

  async run(step: TranscriptStep): Promise<string | undefined> {
    if (step.op === "initiate") return this.#initiate(step);
    return step.op === "encrypt" ? this.#encrypt(step) : this.#decrypt(step);
  }

  /** Compares the current session with a state of the transcript. */
  checkState(expected: ExpectedState): string | undefined {
    const session = this.#session.loadAll();
    if (session === undefined) return "there is no session";
    return this.#subject.inspect && checkState(this.#subject.inspect(session), expected);
  }

  async #initiate({ bundle, expect, ...step }: InitiateStep): Promise<string | undefined> {
    const base = step.baseKeyPrivate ?? step.ephemeralKeyPrivate;
    this.#drawn = [base, step.ratchetKeyPrivate].flatMap((key) => (key ? [hex(key)] : []));
    const answer = await this.#session.withParts((existing) =>
      this.#backend.initiate({
        version: this.#version,
        identity: this.#keys.identity,
        deviceId: this.#keys.deviceId,
        existing,
        bundle: {
          identityKey: hex(bundle.identityKey),
          signedPreKeyId: bundle.signedPreKeyId,
          signedPreKey: curveKey(bundle.signedPreKeyPublic),
          signedPreKeySignature: hex(bundle.signedPreKeySignature),
          preKeyId: bundle.preKeyId ?? undefined,
          preKey: bundle.preKeyPublic === null ? undefined : curveKey(bundle.preKeyPublic),
        },
      }),
    );
    const outcome = answer.kind === "initiated" ? "ok" : outcomeOf(answer);
    if (answer.kind === "initiated") this.#session.apply(answer.change);
    return isAcceptable(outcome, expect) ? undefined : `outcome ${outcome}`;
  }

  async #encrypt({ plaintext, type, message, counter }: EncryptStep): Promise<string | undefined> {
    for (;;) {
      const session = this.#session.load();
      if (session === undefined) return "there is no session";
      const [sealed] = await this.#backend.encryptFor([session], hex(plaintext));
      if (sealed === undefined) return "nothing was encrypted";
      this.#session.apply(sealed.change);
      const sent = messageCounter(this.#version, sealed.message);
      // A transcript may leave out messages between: their keys are used up here.
      if (counter !== undefined && sent !== undefined && sent < counter) continue;
      return firstOf(
        sealed.isKeyExchange === (type !== "normal") ? undefined : `not of type ${type}`,
        differs("the message", sealed.message, message),
      );
    }
  }

  async #decrypt(step: DecryptStep): Promise<string | undefined> {
    if (step.before !== undefined) this.#keys.remove(step.before);
    const { newRatchetKeyPrivate: next } = step;
    this.#drawn = next === undefined ? [] : [hex(next)];
    const isUnchanged = this.#session.snapshot();
    const answer = await this.#receive(step);
    if (!isUnchanged(this.#session)) return "the stored bytes were written into";
    const outcome = answer === undefined ? "no-session" : outcomeOf(answer);
    if (!isAcceptable(outcome, step.expect)) return `outcome ${outcome}`;
    return answer?.kind === "opened" ? this.#checkOpened(step, answer) : undefined;
  }

  async #receive({ type, message }: DecryptStep): Promise<Opened | Refused | undefined> {
    const bytes = hex(message);
    if (type === "normal") {
      if (this.#session.load() === undefined) return undefined;
      return this.#session.withParts<Opened | Refused>(async (session) =>
        session === undefined
          ? { kind: "refused", reason: "malformed" }
          : this.#backend.decrypt(session, bytes),
      );
    }
    const header = readKeyHeader(this.#version, bytes, true);
    const ids = header.kind === "key-exchange" ? header : undefined;
    return this.#session.withParts<Opened | Refused>((existing) =>
      this.#backend.accept({
        version: this.#version,
        identity: this.#keys.identity,
        deviceId: this.#keys.deviceId,
        signedPreKey: this.#keys.signedPreKey(ids?.signedPreKeyId),
        preKey: this.#keys.preKey(ids?.preKeyId),
        existing,
        message: bytes,
      }),
    );
  }

  #checkOpened({ message, expect }: DecryptStep, opened: Opened): string | undefined {
    this.#session.apply(opened.change);
    const header = readKeyHeader(this.#version, hex(message), true);
    const preKeyId = header.kind === "key-exchange" ? header.preKeyId : undefined;
    const consumed = opened.usedPreKey ? preKeyId : undefined;
    if (consumed !== undefined) this.#keys.usePreKey(consumed);
    const identityKey = toHex(opened.identityKey);
    return firstOf(
      expect.plaintext === undefined
        ? undefined
        : differs("the plaintext", opened.plaintext, expect.plaintext),
      consumed === expect.preKeyConsumed || expect.outcome !== "ok"
        ? undefined
        : `prekey ${consumed} was used, not ${expect.preKeyConsumed}`,
      identityKey === (this.#peerIdentity ?? identityKey) ? undefined : "the sender is another one",
      expect.neverReportIdentity !== undefined &&
        toHex(curveKey(expect.neverReportIdentity)) === identityKey
        ? "the altered identity key was reported"
        : undefined,
      this.#checkHeartbeat(opened, expect.heartbeat),
      expect.state && this.checkState(expect.state),
    );
  }

  #checkHeartbeat(
    { counter, ratchetKey }: Opened,
    expected: boolean | undefined,
  ): string | undefined {
    const chain = toHex(ratchetKey);
    const isOwed = counter >= HEARTBEAT_COUNTER && !this.#heartbeats.has(chain);
    if (isOwed) this.#heartbeats.add(chain);
    return expected === undefined || expected === isOwed ? undefined : `heartbeat owed: ${isOwed}`;
  }

  /** Injected keys first; what else is drawn never shows in the transcript. */
  #draw(length: number): Uint8Array {
    const next = this.#drawn.shift();
    if (next === undefined || next.length !== length) {
      return crypto.getRandomValues(new Uint8Array(length));
    }
    return next;
  }
}
