import type { OmemoDevice, OmemoFingerprint } from "../domain/device.js";
import type { BareJid } from "../domain/jid.js";
import type { OmemoVersion } from "../domain/version.js";
import type { XmlElement } from "../domain/xmlElement.js";
import type { MessageOrigin } from "../ports/transport.js";
import type { TrustState } from "../ports/trust.js";
import type { RoomOrigin } from "./rooms/place.js";

/** What is known of every stanza, decrypted or not. */
export interface ReceivedStanza {
  /** The account that sent it, as the server attests; in a room as `room.established` says. */
  readonly from: BareJid;
  /**
   * With whom: the sender, the recipient of a message that another device of ours sent, or the room.
   */
  readonly conversation: BareJid;
  /** Only of messages that came through a room. */
  readonly room?: RoomOrigin;
  readonly direction: "received" | "sent";
  readonly origin: MessageOrigin;
  /** Attribute `id` of the stanza. */
  readonly stanzaId: string | undefined;
  /** XEP-0359 origin id: the same in both stanzas of one message [O2-179]. */
  readonly originId: string | undefined;
  /** Given by the archive: our own, or the room's. */
  readonly archiveId: string | undefined;
  /** Ms since 1970, from a trusted stamp; `undefined`: just now. */
  readonly sentAt: number | undefined;
}

/** A decrypted message with content. */
export interface ReceivedMessage extends ReceivedStanza {
  /** Stays the same when it is delivered again after a restart. */
  readonly id: string;
  readonly version: OmemoVersion;
  readonly device: OmemoDevice;
  readonly fingerprint: OmemoFingerprint;
  /** Of the sending identity, at the moment of decryption. Untrusted messages are marked, not hidden. */
  readonly trust: TrustState;
  /** The text, when there is one. */
  readonly body: string | undefined;
  /** All that was encrypted but the origin id; each element carries its own namespace. */
  readonly content: readonly XmlElement[];
  /**
   * Legacy version only: markers, receipts, corrections and the like, which its clients leave readable
   * beside the body. Nobody vouches for them; on their own they must change nothing that was
   * encrypted. Empty in OMEMO 2, where such elements count inside alone [L-48, MSG-03, O2-101].
   */
  readonly unprotected: readonly XmlElement[];
  /** `time`: the time stamp inside does not fit [O2-96]; `refused-content`: a forbidden element was dropped [O2-99]. */
  readonly warnings: readonly ("time" | "refused-content")[];
  /**
   * OMEMO 2 only: what stands inside beside the content, each `undefined` when it is missing. Sender
   * and recipient are those of the stanza, or it would not be here; `time` is in ms since 1970, and
   * may be any [O2-92 … O2-96].
   */
  readonly affixes?: {
    readonly from: string | undefined;
    readonly to: string | undefined;
    readonly time: number | undefined;
  };
  /** It was delivered before, but the listener did not take it over. */
  readonly isRedelivery: boolean;
}

/** A message without content: it only moved the ratchet, or transported a key. */
export interface ReceivedControl extends ReceivedStanza {
  readonly kind: "empty" | "key-transport";
  readonly version: OmemoVersion;
  readonly device: OmemoDevice;
  readonly fingerprint: OmemoFingerprint;
  readonly trust: TrustState;
  /** `key-transport` of the legacy version: 16 bytes, for other protocols [L-49]. */
  readonly key: Uint8Array | undefined;
  /** `key-transport`: 12 or 16 bytes. */
  readonly iv: Uint8Array | undefined;
  /** A transported key that an earlier process died with before a listener had it, or none took. */
  readonly isRedelivery?: boolean;
}

/** Why a message could not be read. */
export type FailureReason =
  | "not-for-this-device"
  | "no-session"
  | "no-prekey"
  | "no-signed-prekey"
  | "not-authentic"
  | "too-many-skipped"
  | "malformed"
  | "identity-differs"
  | "payload-refused"
  | "payload-missing"
  | "outdated-sender"
  | "affix-mismatch"
  /** It claims to come from a room that we are not in. */
  | "not-in-room"
  /** Whispered in a room: nobody vouches for who did [MUC-10]. */
  | "private-message"
  /** Said in a room by nobody knows whom, and no key proves it [O2-158]. */
  | "unknown-sender"
  /** Encrypted by another method, see `encryption` [EME-04]. */
  | "other-encryption"
  /** A request of a device that is not trusted, so that no answer could be given to it. */
  | "untrusted-request"
  /** More arrives than is taken; it stays readable in the archive. */
  | "inbox-full"
  /**
   * First words from one more device that its account does not list, or of anybody, after very many
   * of them.
   */
  | "too-many-devices";

/**
 * A message that was meant for somebody and could not be read here; nothing was changed by it. One
 * event a device and window, however many fail.
 */
export interface ReceiveFailure extends ReceivedStanza {
  readonly reason: FailureReason;
  readonly version: OmemoVersion | undefined;
  readonly device: OmemoDevice | undefined;
  /**
   * `other-encryption`: namespace of the method that the message names. A hint from the network, not
   * a fact; the body beside it is no message of the sender's to be shown [EME-05].
   */
  readonly encryption?: string;
  /** `affix-mismatch`: what was written inside does not fit the stanza [SCE-15]. */
  readonly affix?: "from" | "to" | "time";
  /**
   * How many messages this event tells of, itself included, when others of the same device failed
   * within `limits.failureWindow` before it; absent: only itself (invariant 10).
   */
  readonly count?: number;
  /** Those others, oldest first; at most 50, of a storm the last ones. */
  readonly earlier?: readonly ReceiveFailure[];
  /** `count` and `earlier` are of several senders: so many fail that they are not told apart. */
  readonly isOfManyDevices?: boolean;
  /**
   * An earlier process died before it could tell of it, or no listener took it; of a storm, `count`
   * may be too low by half.
   */
  readonly isRedelivery?: boolean;
}
