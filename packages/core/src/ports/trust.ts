import type { OmemoIdentity } from "../domain/device.js";
import type { BareJid } from "../domain/jid.js";
import type { TrustState } from "../domain/trustState.js";

export type { TrustState } from "../domain/trustState.js";

/** Trust belongs to (account, key), never to a device id alone [O2-109]. */
export interface OmemoTrustCallback {
  /**
   * In the order asked. Never waits for a person: it also runs inside the mailbox. `conversation` is
   * the account or room that a message is about to go to; absent when nothing is being sent.
   */
  getTrust(
    identities: readonly OmemoIdentity[],
    conversation?: BareJid,
  ): Promise<readonly TrustState[]>;
  setTrust(identity: OmemoIdentity, state: TrustState): Promise<void>;
}
