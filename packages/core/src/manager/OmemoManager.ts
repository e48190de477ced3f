import type { DeliveryPlan, RoomPlan } from "../domain/deliveryPlan.js";
import type { OmemoDevice, OmemoFingerprint, OmemoIdentity } from "../domain/device.js";
import { bareJid } from "../domain/jid.js";
import type { RoomInfo, RoomSent, RoomSupport } from "../domain/room.js";
import type { Sent } from "../domain/sent.js";
import type { XmlElement } from "../domain/xmlElement.js";
import type { TrustState } from "../ports/trust.js";
import { ownFingerprint } from "../session/records/accountRecord.js";
import { type OmemoPorts, ownDevice } from "./context.js";
import { activeIdentities } from "./devices/activeIdentities.js";
import { type DeviceInfo, listDevices } from "./devices/deviceInfo.js";
import type { Devices } from "./devices/devices.js";
import type { OwnListEdit } from "./devices/editOwnList.js";
import type { TurnOffOptions } from "./devices/turnOff.js";
import type { OmemoEvents, OmemoListener, OmemoObserver } from "./events.js";
import type { History } from "./history/history.js";
import type { IqAnswer, IqHandler, IqOptions } from "./iq/iq.js";
import { sendIq } from "./iq/sendIq.js";
import type { OmemoOptions, OmemoSettings } from "./options.js";
import { createOptOut } from "./optOut/createOptOut.js";
import type { OptOut } from "./optOut/optOut.js";
import { type PlanOptions, plan, planForRoom } from "./plan/plan.js";
import { type OmemoSupport, supportOf } from "./queries.js";
import type { ContentHandler } from "./receiving/contentHandlers.js";
import { decryptElement } from "./receiving/decryptElement.js";
import type { Reception } from "./receiving/reception.js";
import { encryptRoomContent, sendRoomContent } from "./rooms/roomContent.js";
import { createRuntime, type Runtime } from "./runtime.js";
import { encryptContent, sendContent } from "./sending/conversation.js";
import {
  encryptKeyTransport,
  type KeyTransport,
  sendKeyTransport,
} from "./sending/keyTransport.js";
import type { Content, ConversationOptions, SendOptions } from "./sending/sendOptions.js";
import {
  type ReplacedSessions,
  replaceSession,
  replaceSessionsOf,
} from "./sessions/replaceSessions.js";
import type { ResolvedSettings } from "./settings/resolveOptions.js";

/**
 * OMEMO for one device of one account. Create it before logging in: it listens from the first
 * moment on, so nothing that arrives early is lost; then connect, and call {@link initialize}.
 */
export class OmemoManager {
  /** Our own devices, and the lists of others. */
  readonly devices: Devices;
  /** Archives: what was missed is read by itself; more of them, and in your own order, by this. */
  readonly history: History;
  /** Ending OMEMO in a conversation or altogether, and going back to it. */
  readonly optOut: OptOut;
  readonly #runtime: Runtime;

  /** @throws OmemoError `invalid-input` for impossible options. */
  constructor(ports: OmemoPorts, options: OmemoOptions = {}) {
    this.#runtime = createRuntime(ports, options);
    this.devices = this.#runtime.devices;
    this.optOut = createOptOut(this.#runtime);
    this.history = this.#runtime.history;
  }

  /** Registers a listener; returns a function that removes it. */
  on<Name extends keyof OmemoEvents>(name: Name, listener: OmemoListener<Name>): () => void {
    const remove = this.#runtime.context.events.on(name, listener);
    if (name === "message") this.#runtime.delivery.retry();
    this.#runtime.context.news.retry();
    return remove;
  }

  /** Like {@link on}, for who only watches: messages and the like wait for listeners all the same. */
  observe<Name extends keyof OmemoEvents>(name: Name, observer: OmemoObserver<Name>): () => void {
    return this.#runtime.context.events.observe(name, observer);
  }

  /**
   * Gives messages whose content is of `namespace` alone to `handler`, and not to the listeners of
   * `message`: they are for programs, such as trust messages [ATM-10]. Otherwise as for those.
   */
  takeContent(namespace: string, handler: ContentHandler): () => void {
    const remove = this.#runtime.delivery.handlers.add(namespace, handler);
    this.#runtime.delivery.retry();
    return remove;
  }

  /**
   * Finds or makes this device's identity, publishes bundle and device list in each version, and
   * starts housekeeping. May be called again after it failed.
   * @throws OmemoError `offline`, `transport-failure` when the server can host no version,
   * `store-failure` when the state cannot be read, `device-copied` when copies of this device take
   * turns, `opted-out` when this account decided to do without OMEMO, `aborted`.
   */
  initialize(signal?: AbortSignal): Promise<void> {
    return this.#runtime.initialize(signal);
  }

  /** Stops listening and working; what was begun is finished. The store stays open. */
  close(): Promise<void> {
    return this.#runtime.close();
  }

  /**
   * Takes no more messages from the stream; sending goes on, device lists are followed, and encrypted
   * requests are not served. What arrives waits, bounded by `limits.maxWhilePaused`; more than that,
   * and all of it when the process dies, is left to the archive, which is caught up from where it was
   * read last. Resolves when what had begun is decrypted; it is delivered all the same. May be called
   * before `initialize`.
   */
  pause(): Promise<void> {
    return this.#runtime.pause();
  }

  /** Takes what waited, in its order, then what arrives. Resolves when what waited is decrypted. */
  resume(): Promise<void> {
    return this.#runtime.resume();
  }

  /** Whether {@link pause} was called last. */
  get isPaused(): boolean {
    return !this.#runtime.gate.isOpen;
  }

  /** Resolves when everything received so far is decrypted, delivered and followed up. */
  idle(): Promise<void> {
    return this.#runtime.idle();
  }

  /**
   * Changes options while the manager lives; what is under way may still end by the old ones.
   * `undefined` stands for the default. All of the change holds, or nothing.
   * @throws OmemoError `invalid-input` for values that an option cannot have, and for options that
   * hold for life: `versions`, `deviceId`, `label`, `clock`, `crypto`.
   */
  configure(change: OmemoSettings): void {
    this.#runtime.configure(change);
  }

  /** A copy of the options that {@link configure} may change, as they are now. */
  getSettings(): ResolvedSettings {
    return this.#runtime.settings.current();
  }

  /** This device. @throws OmemoError `invalid-input` before the first `initialize`. */
  getOwnDevice(): OmemoDevice {
    return ownDevice(this.#runtime.context);
  }

  /** What contacts compare: 64 hex digits, the same in both versions [O2-111]. */
  getOwnFingerprint(): OmemoFingerprint {
    return ownFingerprint(this.#runtime.context.account());
  }

  /**
   * Encrypts a text for all trusted devices of the recipient and the other own devices, and sends
   * it. The ratchets are durable before anything leaves.
   * @throws OmemoError `undecided-identities`, `no-recipient-devices`, `transport-failure` and
   * `offline` (with the stanzas as `unsent` when they were encrypted already), `aborted`.
   */
  sendMessage(to: string, body: string, options: ConversationOptions = {}): Promise<Sent> {
    return sendContent(this.#runtime, to, body, options);
  }

  /**
   * Like {@link sendMessage} for any content. Devices of the legacy version receive the `<body/>`
   * in it, and are skipped when there is none; `lostInLegacy` names what they miss [O2-180].
   * @throws OmemoError `invalid-input` for elements that must not be encrypted [O2-99],
   * `legacy-needs-body` where such devices are all that there is.
   */
  sendContent(
    to: string,
    content: readonly XmlElement[],
    options: ConversationOptions = {},
  ): Promise<Sent> {
    return sendContent(this.#runtime, to, content, options);
  }

  /**
   * Asks one client, by its full address, in an encrypted request (`iq`); OMEMO 2 only. The first
   * one is encrypted for all devices of its account, later ones for the one that answered
   * [SCE-12, O2-103].
   * @throws OmemoError `unusable-answer`, `transport-failure` with the condition of a refusal, which
   * is never encrypted, `no-recipient-devices`, `undecided-identities`, `opted-out`, `offline`,
   * `aborted`.
   */
  sendIq(
    to: string,
    type: "get" | "set",
    content: readonly XmlElement[],
    options: IqOptions = {},
  ): Promise<IqAnswer> {
    return sendIq(this.#runtime, to, type, content, options);
  }

  /** Answers encrypted requests of trusted devices; returns a function that ends it [SCE-12]. */
  onIq(handler: IqHandler): () => void {
    return this.#runtime.iqs.serve(handler);
  }

  /**
   * Encrypts a text for the members of a room that we are in, present or not, and our own other
   * devices, and sends it. Members whom it cannot reach are reported, and stop it only when the
   * option `rooms.unreachable` says so [O2-151, O2-153, L-85].
   * @throws OmemoError `room-not-supported` with the `failedConditions`, `undecided-identities`,
   * `no-recipient-devices` when nobody else could read it, `transport-failure`, `offline`, `aborted`.
   */
  sendRoomMessage(room: string, body: string, options: SendOptions = {}): Promise<RoomSent> {
    return sendRoomContent(this.#runtime, room, body, options);
  }

  /** Like {@link sendRoomMessage} for any content, as {@link sendContent} takes it. */
  sendRoomContent(
    room: string,
    content: readonly XmlElement[],
    options: SendOptions = {},
  ): Promise<RoomSent> {
    return sendRoomContent(this.#runtime, room, content, options);
  }

  /** Encrypts for a room without sending, like {@link encrypt}. */
  encryptForRoom(room: string, content: Content, options: SendOptions = {}): Promise<RoomSent> {
    return encryptRoomContent(this.#runtime, room, content, options, (sent) => sent);
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
    content: Content,
    options: ConversationOptions = {},
  ): Promise<Sent> {
    const recipients = typeof to === "string" ? [to] : to;
    return encryptContent(this.#runtime, recipients, content, options, (sent) => sent);
  }

  /**
   * What would happen to a message, device by device, own ones included: which can read it, which
   * not, why, and what the user can do. Changes nothing: no prekey is used, no session starts.
   * @throws OmemoError `offline` when it has to ask and cannot, `invalid-input`, `aborted`.
   */
  plan(to: string | readonly string[], options: PlanOptions = {}): Promise<DeliveryPlan> {
    return plan(this.#runtime, typeof to === "string" ? [to] : to, options);
  }

  /** {@link plan} for a message to a room. */
  planForRoom(room: string, options: PlanOptions = {}): Promise<RoomPlan> {
    return planForRoom(this.#runtime, room, options);
  }

  /** Sends what a failed call reported as `unsent`, byte for byte [O2-117]. */
  resend(unsent: readonly XmlElement[]): Promise<void> {
    return this.#runtime.outbox.send(unsent);
  }

  /**
   * Decrypts an `<encrypted/>` that came by another way than in a message: inside a request of Jingle,
   * from a push service or a file. What it says is handed over by the events as well, exactly once.
   * @param from whose it is, as a server attests that the caller believes.
   */
  decrypt(from: string, encrypted: XmlElement): Promise<Reception> {
    return decryptElement(this.#runtime, from, encrypted);
  }

  /**
   * Sends a fresh key for use in another protocol, as a message without content; the others hear of
   * it by the event `control`. Legacy version only [L-49].
   */
  sendKeyTransport(to: string, options: SendOptions = {}): Promise<KeyTransport> {
    return sendKeyTransport(this.#runtime, to, options);
  }

  /**
   * The same without sending: the `<encrypted/>` in the stanza may travel inside another protocol,
   * where the others {@link decrypt} it [L-49, JET-01].
   */
  encryptKeyTransport(to: string, options: SendOptions = {}): Promise<KeyTransport> {
    return encryptKeyTransport(this.#runtime, to, options, (transport) => transport);
  }

  /**
   * Moves the ratchet on by an empty message; starts a session where there is none [O2-137].
   * @returns whether it left: not to a distrusted key, nor to a device without usable bundle.
   */
  async sendRatchetUpdateMessage(device: OmemoDevice): Promise<boolean> {
    return (await this.#runtime.sendEmpty(device, "update")) === "sent";
  }

  /**
   * Throws the session with a device away, builds a new one and announces it [O2-146]. The old one
   * stays readable for messages under way.
   * @throws OmemoError `no-recipient-devices` when the device has no usable bundle, or a distrusted
   * key.
   */
  replaceSession(device: OmemoDevice): Promise<void> {
    return replaceSession(this.#runtime, device);
  }

  /**
   * {@link replaceSession} for all active devices of an account [O2-146].
   * @throws OmemoError `transport-failure` when nobody can tell its devices, `offline`, `aborted`.
   */
  replaceSessionsOf(jid: string, signal?: AbortSignal): Promise<ReplacedSessions> {
    return replaceSessionsOf(this.#runtime, jid, signal);
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

  /**
   * Publishes device lists with this device only: the others have to announce themselves again.
   * `devices.previewPurge` tells beforehand which that are.
   * @throws OmemoError `transport-failure` when no list could be changed, `offline`, `aborted`.
   */
  purgeDeviceList(): Promise<readonly OwnListEdit[]> {
    return this.#runtime.purgeDeviceList();
  }

  /**
   * Turns OMEMO off: this device, or all of the account, off the lists, then without bundles
   * [O2-170, O2-171]. Identity, sessions and trust stay, and {@link initialize} turns it on again.
   * Call it again when it failed or the process ended in the middle, also before `initialize`.
   * @throws OmemoError `offline`, `aborted`, and the first `transport-failure` after all was tried.
   */
  purgeEverything(options: TurnOffOptions = {}): Promise<void> {
    return this.#runtime.withdraw(options);
  }
}
