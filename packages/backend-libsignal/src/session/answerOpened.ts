import type { IdentityKey, Opened, Refused } from "@omemo/core";
import type { SignalMessage } from "@omemo/core/wire";
import type { OpenedInRecord } from "./openInRecord.js";
import { changeTo } from "./sessionRecord.js";

/** The answer of the port; the sender's identity comes from the session alone [W-65, W-90]. */
export function answerOpened(
  { counter, ratchetKey }: SignalMessage,
  opened: OpenedInRecord | Refused,
  flags: Pick<Opened, "isNewSession" | "usedPreKey">,
): Opened | Refused {
  if (opened.kind === "refused") return opened;
  return {
    kind: "opened",
    change: changeTo(opened.record),
    plaintext: opened.plaintext,
    identityKey: opened.state.peerIdentity.slice() as IdentityKey,
    counter,
    ratchetKey: ratchetKey.slice(),
    ...flags,
  };
}
