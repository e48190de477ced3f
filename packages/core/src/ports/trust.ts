import type { OmemoIdentity } from "../domain/device.js";

/** `undecided` stops a send [O2-105]; only `trusted` receives content. */
export type TrustState = "undecided" | "untrusted" | "trusted";

/** Trust belongs to (account, key), never to a device id alone [O2-109]. */
export interface OmemoTrustCallback {
  /** In the order asked. Never waits for a person: it also runs inside the mailbox. */
  getTrust(identities: readonly OmemoIdentity[]): Promise<readonly TrustState[]>;
  setTrust(identity: OmemoIdentity, state: TrustState): Promise<void>;
}
