import type { TrustState } from "../../ports/trust.js";
import type { ReceivedStanza } from "../received.js";

/** What a decision about a correction needs of a message that came encrypted. */
export type Correctable = Pick<ReceivedStanza, "from" | "conversation" | "room"> & {
  /** Of the key that encrypted it. */
  readonly trust: TrustState;
};

const RANKS: Readonly<Record<TrustState, number>> = { untrusted: 0, undecided: 1, trusted: 2 };

/**
 * Whether a decrypted message may correct or retract an earlier one that came encrypted: both are of
 * one account, in one conversation, in a room also under one name, and the key of the later one is
 * trusted as much. What came unencrypted may never. Of the legacy version the id of what it corrects
 * is `unprotected`: keep the original at hand, since a server may have chosen it [MSG-01, MSG-03].
 */
export function mayCorrect(original: Correctable, correction: Correctable): boolean {
  const isSameSender =
    original.from === correction.from &&
    original.conversation === correction.conversation &&
    original.room?.jid === correction.room?.jid &&
    original.room?.nick === correction.room?.nick;
  return isSameSender && RANKS[correction.trust] >= RANKS[original.trust];
}
