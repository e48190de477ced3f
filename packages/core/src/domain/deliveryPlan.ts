import type { DeliveryEntry } from "./delivery.js";
import type { OmemoError } from "./error.js";
import type { BareJid } from "./jid.js";
import type { UnreachedMember } from "./room.js";

/** What would become of a message if it were sent now; making it changes nothing. */
export interface DeliveryPlan {
  /** Accounts that it is meant for, our own aside. */
  readonly recipients: readonly BareJid[];
  /** Every device, other own ones included: first those that could read it, then the skipped ones. */
  readonly devices: readonly DeliveryEntry[];
  /** Recipients without a device that could read it. */
  readonly unreached: readonly UnreachedMember[];
  /**
   * What sending would fail with, `undecided-identities` say, and what it concerns; `undefined` when
   * it would leave. Where the option `undecided` is a function, the plan asks nobody.
   */
  readonly obstacle: OmemoError | undefined;
}

/** What would become of a message to a room. */
export interface RoomPlan extends DeliveryPlan {
  readonly room: BareJid;
  /** False when the room refused its lists: absent members may be missing [MUC-03]. */
  readonly isComplete: boolean;
}
