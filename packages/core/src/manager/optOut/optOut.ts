import type { BareJid } from "../../domain/jid.js";
import type { Sent } from "../../domain/sent.js";
import type { OptOutRecord } from "../../session/optOut/optOutRecord.js";
import type { SendOptions } from "../sending/sendOptions.js";

/** A conversation in which somebody asked for plaintext. */
export interface OptOutState extends OptOutRecord {
  /** The contact; our own account when all conversations are meant. */
  readonly conversation: BareJid;
}

/** What became of telling everybody that this account stops. */
export interface CompleteOptOut {
  readonly told: readonly BareJid[];
  /** Contacts that could not be told, and why; they see that our devices are gone. */
  readonly failed: readonly { readonly jid: BareJid; readonly error: unknown }[];
}

/**
 * Ending OMEMO in a conversation, or altogether, and going back to it (XEP-0384 §5.7). Sessions
 * stay as they are [O2-167]. Only OMEMO 2 knows it. The library never sends plaintext: where a
 * conversation is `plain`, the application may.
 */
export interface OptOut {
  /**
   * Asks a contact to go on in plaintext, tells our own other devices, and counts as our decision:
   * the conversation is `plain` from now on [O2-164].
   * @throws OmemoError `invalid-input` for a room or our own account, `no-recipient-devices` when
   * the contact has no device that could be told, as with one of the legacy version alone;
   * `undecided-identities`, `transport-failure`, `offline`, `aborted`.
   */
  request(jid: string, reason?: string, options?: SendOptions): Promise<Sent>;
  /**
   * This account stops using OMEMO: tells every contact that we have a session with, and our own
   * other devices, which then are blocked until their user agrees as well; then takes this device
   * off the lists and its bundles away [O2-164, O2-170]. `initialize` rejects with `opted-out` from
   * then on.
   * @throws OmemoError `offline`, `aborted`, `transport-failure`. Call it again; or, when everybody
   * was told and only the lists could not be changed, `purgeEverything`.
   */
  requestEverywhere(reason?: string, options?: SendOptions): Promise<CompleteOptOut>;
  /**
   * The user agrees to plaintext with a contact who asked for it; for our own account, to stop with
   * OMEMO on this device, too [O2-166].
   * @throws OmemoError `invalid-input` when nobody asked; for our own account also what
   * `purgeEverything` throws, which may be called to finish then.
   */
  confirm(conversation: string): Promise<void>;
  /**
   * Back to OMEMO, whoever asked for plaintext: messages are encrypted from now on, and the first
   * of them tells the others [O2-168]. For our own account it takes back all that this account
   * asked for; what contacts asked for stays. Call `initialize` again then.
   */
  revoke(conversation: string): Promise<void>;
  /** How a conversation stands; `undefined`: encrypted as always. */
  get(conversation: string): Promise<OptOutState | undefined>;
  /** All conversations in which somebody asked for plaintext. */
  list(): Promise<readonly OptOutState[]>;
}
