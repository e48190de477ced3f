import type { OmemoIdentity } from "../domain/device.js";
import type { BareJid } from "../domain/jid.js";
import type { OmemoVersion } from "../domain/version.js";
import type { Clock, WebCrypto } from "../ports/surroundings.js";
import type { OmemoLimits } from "../session/limits.js";

/**
 * What to do when a device of a message's recipients has a key nobody decided about [O2-112]:
 * stop the send with the list, leave these devices out, or ask and look again.
 */
export type UndecidedPolicy =
  | "stop"
  | "skip"
  | ((identities: readonly OmemoIdentity[]) => Promise<void>);

/** How rooms are dealt with. */
export interface RoomPolicy {
  /**
   * Refuse rooms that anybody may enter. Default: yes [O2-150]. Otherwise messages are encrypted for
   * whoever is there as well.
   */
  readonly requireMembersOnly?: boolean;
  /**
   * What to do when a member has no device that can read the message: leave him out and report it
   * (default), or send to nobody.
   */
  readonly unreachable?: "skip" | "stop";
  /** Default: as in conversations. */
  readonly undecided?: UndecidedPolicy;
}

/** Behaviour of an `OmemoManager`; everything has a default. */
export interface OmemoOptions {
  /** Spoken versions, best first. Default: all of the backend, OMEMO 2 before the legacy one. */
  readonly versions?: readonly OmemoVersion[];
  /** For a new device only; default: a random free one [O2-01]. */
  readonly deviceId?: number;
  /** Shown to contacts beside our device, signed; fewer than 53 code points [O2-27 … O2-33]. */
  readonly label?: string;
  /** Default `stop`. */
  readonly undecided?: UndecidedPolicy;
  readonly rooms?: RoomPolicy;
  /** One `<encrypted/>` a stanza (default, all clients read it), or both in one [O2-178]. */
  readonly layout?: "separate" | "combined";
  /** Text for clients without OMEMO beside legacy messages; `false` for none [L-44]. */
  readonly fallbackBody?: string | false;
  /** Whether automatic answers may tell `peer` that we are online. Default: yes [O2-136, L-74]. */
  readonly mayAnswer?: (peer: BareJid) => boolean;
  /**
   * Replace a broken session of the legacy version by a new one, bounded as the limits say, and not
   * only start missing ones. Default: yes, as clients of that version do; OMEMO 2 forbids it
   * [L-75, L-78, O2-130].
   */
  readonly repairLegacySessions?: boolean;
  /** Read from the account's archive, on each new stream, what was missed. Default: yes [MAM-04]. */
  readonly catchUp?: boolean;
  /** Accept legacy payloads whose tag is not bound to the device key. Default: no [L-59]. */
  readonly acceptOutdatedSenders?: boolean;
  readonly limits?: Partial<OmemoLimits>;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Default: `globalThis.crypto`; React Native and insecure origins have to bring one. */
  readonly crypto?: WebCrypto;
}

/** Options that belong to the device or the platform, and hold for the life of a manager. */
export type FixedOption = "versions" | "deviceId" | "label" | "clock" | "crypto";

/** Options that `configure` may change while a manager lives. */
export type OmemoSettings = Omit<OmemoOptions, FixedOption>;
