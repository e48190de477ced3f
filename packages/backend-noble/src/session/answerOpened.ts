import type { NeedsParts, Opened, Refused } from "@omemo/core";
import type { ReceivedMessage } from "../ratchet/profile.js";
import type { Context } from "./context.js";
import type { MessageAnswer } from "./openMessage.js";
import { encodeHead } from "./sessionRecord.js";

/** The answer of the port; identity and trust come from the session alone [W-90, O2-136a]. */
export function answerOpened(
  { profile, identities }: Context,
  { counter, ratchetKey }: ReceivedMessage,
  answer: MessageAnswer,
  flags: Pick<Opened, "isNewSession" | "usedPreKey">,
): Opened | NeedsParts | Refused {
  if (answer.kind !== "opened") return answer;
  const { record, put, drop, plaintext } = answer;
  return {
    kind: "opened",
    change: { head: encodeHead(record), put, drop },
    plaintext,
    identityKey: identities.checkedKey(profile, record.state.peerIdentity),
    counter,
    ratchetKey,
    ...flags,
  };
}
