import type { TrustKey } from "../decisions/decision.js";
import type { TrustMessageRefusal, TrustVerdict } from "./wire/trustMessage.js";

/** Why what a device said was passed over; nothing was changed by it. */
export type StatementRefusal =
  | TrustMessageRefusal
  /** Said in a room: trust messages are between devices. */
  | "in-a-room"
  /** Sender, recipient or time is not written inside [TM-04, TM-06, ATM-13]. */
  | "missing-affix"
  /** More than a day ahead of our clock: it would beat all that is said until then [TM-07]. */
  | "from-the-future"
  /** About keys of which the sender may not speak [ATM-05, ATM-09]. */
  | "not-theirs"
  /** So much was said already that no more is remembered [ATM-08]. */
  | "too-much";

/** What happens by itself; told when it is durable, and not again after a restart [ATM-10]. */
export type AutomaticTrustEvent =
  /**
   * A key was decided about: `authenticated` or `untrusted`; or nobody speaks of it any more, and the
   * level is the one that a person chose before, or `undecided`.
   */
  | {
      readonly kind: "decided";
      readonly key: TrustKey;
      readonly level: string;
      readonly by: TrustKey | undefined;
    }
  /** Somebody spoke whose own key is not authenticated: it counts once that is done [ATM-06]. */
  | { readonly kind: "waiting"; readonly sender: TrustKey; readonly count: number }
  /** A device says otherwise than was decided here; the own decision stays [ATM-09]. */
  | {
      readonly kind: "conflict";
      readonly key: TrustKey;
      readonly said: TrustVerdict;
      readonly by: TrustKey;
    }
  /** An authenticated device may have been stolen, or takes this one for a stolen one [ATM-09]. */
  | { readonly kind: "own-key-distrusted"; readonly by: TrustKey }
  | {
      readonly kind: "refused";
      readonly from: TrustKey;
      readonly reason: StatementRefusal;
    }
  /** What is to be told could not be sent, or a key that was seen not be noted; tried again. */
  | { readonly kind: "problem"; readonly error: unknown };
