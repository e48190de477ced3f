import {
  fingerprintOf,
  type IdentityKey,
  type OmemoDevice,
  type OmemoFingerprint,
  type OmemoIdentity,
} from "../domain/device.js";
import { OmemoError } from "../domain/error.js";
import { type BareJid, bareJid } from "../domain/jid.js";
import type { RoomInfo, RoomSent, RoomSupport } from "../domain/room.js";
import type { Sent } from "../domain/sent.js";
import { LEGACY } from "../domain/version.js";
import type { XmlElement } from "../domain/xmlElement.js";
import type { TrustState } from "../ports/trust.js";
import { emptyKeyMaterial } from "../wire/payload.js";
import { forbiddenOnSend } from "../wire/sce/forbidden.js";
import { activeIdentities } from "./activeIdentities.js";
import { bodyElement, type SealedContent, sealContent } from "./content.js";
import { type OmemoPorts, ownDevice } from "./context.js";
import type { OmemoEvents, OmemoListener } from "./events.js";
import type { OmemoOptions } from "./options.js";
import { type DeviceInfo, listDevices, type OmemoSupport, supportOf } from "./queries.js";
import { encryptForRoom } from "./rooms/sendToRoom.js";
import { createRuntime, type Runtime } from "./runtime.js";
import { encrypt } from "./send.js";

/** Options of one message. */
export interface SendOptions {
  /** Gives up before anything was committed; afterwards the message is on its way. */
  readonly signal?: AbortSignal;
}

/** A key that was encrypted for other devices, for use in another protocol [L-49]. */
export interface KeyTransport {
  readonly sent: Sent;
  /** 16 bytes. */
  readonly key: Uint8Array;
  /** 12 bytes. */
  readonly iv: Uint8Array;
}

/**
 * OMEMO for one device of one account. Create it before logging in: it listens from the first
 * moment on, so nothing that arrives early is lost; then connect, and call {@link initialize}.
 */
export class OmemoManager {
  readonly #runtime: Runtime;

  /** @throws OmemoError `invalid-input` for impossible options. */
  constructor(ports: OmemoPorts, options: OmemoOptions = {}) {
    this.#runtime = createRuntime(ports, options);
  }

  /** Registers a listener; returns a function that removes it. */
  on<Name extends keyof OmemoEvents>(name: Name, listener: OmemoListener<Name>): () => void {
    const remove = this.#runtime.context.events.on(name, listener);
    if (name === "message") this.#runtime.delivery.retry();
    return remove;
  }

  /**
   * Finds or makes this device's identity, publishes bundle and device list in each version, and
   * starts housekeeping. May be called again after it failed.
   * @throws OmemoError `offline`, `transport-failure` when the server can host no version,
   * `store-failure` when the state cannot be read, `device-copied` when copies of this device take
   * turns, `aborted`.
   */
  initialize(signal?: AbortSignal): Promise<void> {
    return this.#runtime.initialize(signal);
  }

  /** Stops listening and working; what was begun is finished. The store stays open. */
  close(): Promise<void> {
    return this.#runtime.close();
  }

  /** Resolves when everything received so far is decrypted, delivered and followed up. */
  idle(): Promise<void> {
    return this.#runtime.idle();
  }

  /** This device. @throws OmemoError `invalid-input` before the first `initialize`. */
  getOwnDevice(): OmemoDevice {
    return ownDevice(this.#runtime.context);
  }

  /** What contacts compare: 64 hex digits, the same in both versions [O2-111]. */
  getOwnFingerprint(): OmemoFingerprint {
    return fingerprintOf(this.#runtime.context.account().identity.publicKey as IdentityKey);
  }

  /**
   * Encrypts a text for all trusted devices of the recipient and the other own devices, and sends
   * it. The ratchets are durable before anything leaves.
   * @throws OmemoError `undecided-identities`, `no-recipient-devices`, `transport-failure` and
   * `offline` (with the stanzas as `unsent` when they were encrypted already), `aborted`.
   */
  sendMessage(to: string, body: string, options: SendOptions = {}): Promise<Sent> {
    return this.sendContent(to, [bodyElement(body)], options);
  }

  /**
   * Like {@link sendMessage} for any content. Devices of the legacy version receive the `<body/>`
   * in it, and are skipped when there is none [O2-180].
   * @throws OmemoError `invalid-input` for elements that must not be encrypted [O2-99].
   */
  async sendContent(
    to: string,
    content: readonly XmlElement[],
    options: SendOptions = {},
  ): Promise<Sent> {
    const { outbox } = this.#runtime;
    this.#requireOnline();
    const { sent, left } = await this.#encrypt([to], content, options, (ready) => ({
      sent: ready,
      left: outbox.send(ready.stanzas),
    }));
    await left;
    return sent;
  }

  /**
   * Encrypts a text for the members of a room that we are in, present or not, and our own other
   * devices, and sends it. Members whom it cannot reach are reported, and stop it only when the
   * option `rooms.unreachable` says so [O2-151, O2-153, L-85].
   * @throws OmemoError `room-not-supported` with the `failedConditions`, `undecided-identities`,
   * `no-recipient-devices` when nobody else could read it, `transport-failure`, `offline`, `aborted`.
   */
  sendRoomMessage(room: string, body: string, options: SendOptions = {}): Promise<RoomSent> {
    return this.sendRoomContent(room, [bodyElement(body)], options);
  }

  /** Like {@link sendRoomMessage} for any content, as {@link sendContent} takes it. */
  async sendRoomContent(
    room: string,
    content: readonly XmlElement[],
    options: SendOptions = {},
  ): Promise<RoomSent> {
    const { outbox } = this.#runtime;
    this.#requireOnline();
    const { sent, left } = await this.#encryptForRoom(room, content, options, (ready) => ({
      sent: ready,
      left: outbox.send(ready.stanzas),
    }));
    await left;
    return sent;
  }

  /** Encrypts for a room without sending, like {@link encrypt}. */
  encryptForRoom(
    room: string,
    content: string | readonly XmlElement[],
    options: SendOptions = {},
  ): Promise<RoomSent> {
    const elements = typeof content === "string" ? [bodyElement(content)] : content;
    return this.#encryptForRoom(room, elements, options, (sent) => sent);
  }

  /**
   * Asks a room, entered or not, whether it can be encrypted for, and which condition fails
   * [MUC-01, O2-149, O2-150].
   * @throws OmemoError `transport-failure` when it does not answer, `offline`, `aborted`.
   */
  roomSupportsOmemo(room: string, signal?: AbortSignal): Promise<RoomSupport> {
    return this.#runtime.context.rooms.support(bareJid(room), signal);
  }

  /** A room that we are in: who is there, and who can read what is sent to it [MUC-12]. */
  getRoom(room: string): RoomInfo | undefined {
    return this.#runtime.context.rooms.info(bareJid(room));
  }

  /** Encrypts without sending: the caller sends the stanzas, each exactly as it is, in order. */
  encrypt(
    to: string | readonly string[],
    content: string | readonly XmlElement[],
    options: SendOptions = {},
  ): Promise<Sent> {
    const recipients = typeof to === "string" ? [to] : to;
    const elements = typeof content === "string" ? [bodyElement(content)] : content;
    return this.#encrypt(recipients, elements, options, (sent) => sent);
  }

  /** Sends what a failed call reported as `unsent`, byte for byte [O2-117]. */
  resend(unsent: readonly XmlElement[]): Promise<void> {
    return this.#runtime.outbox.send(unsent);
  }

  /** Encrypts a fresh key for other protocols; legacy version only [L-49, JET-01]. */
  async sendKeyTransport(to: string, options: SendOptions = {}): Promise<KeyTransport> {
    const { context, bundles, outbox } = this.#runtime;
    this.#runtime.requireStarted();
    const recipient = this.#accountOf(to);
    const { keyMaterial, iv = new Uint8Array(12) } = emptyKeyMaterial(LEGACY, context.crypto);
    const sealed: SealedContent = { version: LEGACY, keyMaterial, payload: undefined, iv };
    const request = {
      to: recipient,
      recipients: [recipient],
      versions: [LEGACY],
      seal: () => Promise.resolve(sealed),
      signal: options.signal,
    };
    const { sent, left } = await encrypt(context, bundles, request, (ready) => ({
      sent: ready,
      left: outbox.send(ready.stanzas),
    }));
    await left;
    return { sent, key: keyMaterial, iv };
  }

  /** Moves the ratchet on by an empty message; starts a session where there is none. */
  sendRatchetUpdateMessage(device: OmemoDevice): Promise<boolean> {
    return this.#runtime.sendEmpty(device, "update");
  }

  /**
   * Throws the session with a device away, builds a new one and announces it [O2-146]. The old one
   * stays readable for messages under way.
   * @throws OmemoError `no-recipient-devices` when the device has no usable bundle.
   */
  async replaceSession(device: OmemoDevice): Promise<void> {
    await this.#runtime.sendEmpty(device, "replace-session");
  }

  /**
   * Drops all sessions and builds new ones, with the same identity: for an application that knows
   * its state to be a copy, or that ended the other copy after `device-copied` [O2-148].
   * Also where `initialize` ended with that code; call it again afterwards.
   * @throws OmemoError `invalid-input` before there is an identity, `offline`, `aborted`,
   * `store-failure`.
   */
  rebuildSessions(signal?: AbortSignal): Promise<void> {
    return this.#runtime.context.generation.rebuild(signal);
  }

  /** Identities of the active devices of an account; fetches what is not known yet. */
  getActiveFingerprints(jid: string, signal?: AbortSignal): Promise<readonly OmemoIdentity[]> {
    this.#runtime.requireStarted();
    const { context, bundles } = this.#runtime;
    return activeIdentities(context, bundles, bareJid(jid), signal);
  }

  /** All that is known of an account's devices, without asking the network. */
  getDevicesOf(jid: string): Promise<readonly DeviceInfo[]> {
    return listDevices(this.#runtime.context, bareJid(jid));
  }

  /** Whether an account can be written to; `unknown` when nobody could tell [PEP-09]. */
  contactSupportsOmemo(jid: string, signal?: AbortSignal): Promise<OmemoSupport> {
    this.#runtime.requireStarted();
    return supportOf(this.#runtime.context, bareJid(jid), signal);
  }

  /**
   * Fetches the device lists of an account now.
   * @throws OmemoError `transport-failure` when none could be read, `offline`, `aborted`.
   */
  requestDeviceListUpdateFor(jid: string, signal?: AbortSignal): Promise<void> {
    return this.#runtime.refreshLists(bareJid(jid), signal);
  }

  /** Records that the user trusts this key. */
  trustOmemoIdentity(identity: OmemoIdentity): Promise<void> {
    return this.#runtime.context.trust.setTrust(identity, "trusted");
  }

  /** Records that the user distrusts this key: nothing is sent to it. */
  distrustOmemoIdentity(identity: OmemoIdentity): Promise<void> {
    return this.#runtime.context.trust.setTrust(identity, "untrusted");
  }

  /** Records any decision, also that there is none any more. */
  setTrust(identity: OmemoIdentity, state: TrustState): Promise<void> {
    return this.#runtime.context.trust.setTrust(identity, state);
  }

  /** What the trust callback says of these identities. */
  getTrust(identities: readonly OmemoIdentity[]): Promise<readonly TrustState[]> {
    return this.#runtime.context.trust.getTrust(identities);
  }

  /** Makes and publishes new signed prekeys before their time. */
  rotateSignedPreKey(): Promise<void> {
    return this.#runtime.rotate();
  }

  /** Publishes device lists with this device only: the others have to announce themselves again. */
  purgeDeviceList(): Promise<void> {
    return this.#runtime.purgeDeviceList();
  }

  /** Turns OMEMO off for this device: off the lists, then without bundles [O2-170, O2-171]. */
  purgeEverything(): Promise<void> {
    return this.#runtime.withdraw();
  }

  #encrypt<Result>(
    to: readonly string[],
    content: readonly XmlElement[],
    options: SendOptions,
    leave: (sent: Sent) => Result,
  ): Promise<Result> {
    const { context, bundles } = this.#runtime;
    this.#runtime.requireStarted();
    forbiddenOnSend(content);
    const recipients = to.map((each) => this.#accountOf(each));
    const [addressee] = recipients;
    if (addressee === undefined) throw new OmemoError("invalid-input", "no recipient given");
    const request = {
      to: addressee,
      recipients,
      versions: context.options.versions,
      seal: (version: SealedContent["version"]) => {
        return sealContent(context, version, addressee, content);
      },
      signal: options.signal,
    };
    return encrypt(context, bundles, request, leave);
  }

  #encryptForRoom<Result>(
    room: string,
    content: readonly XmlElement[],
    { signal }: SendOptions,
    leave: (sent: RoomSent) => Result,
  ): Promise<Result> {
    const { context, bundles } = this.#runtime;
    this.#runtime.requireStarted();
    forbiddenOnSend(content);
    return encryptForRoom(context, bundles, { room: bareJid(room), content, signal }, leave);
  }

  /** An account to encrypt for: a room has no keys, and neither has somebody in it [MUC-10, O2-160]. */
  #accountOf(to: string): BareJid {
    const jid = bareJid(to);
    if (!this.#runtime.context.rooms.isRoom(jid)) return jid;
    const text = "this is a room: use sendRoomMessage; nothing can be whispered to one in it";
    throw new OmemoError("invalid-input", text);
  }

  #requireOnline(): void {
    if (this.#runtime.context.transport.isOnline) return;
    throw new OmemoError("offline", "not connected: nothing was encrypted, try again later");
  }
}
