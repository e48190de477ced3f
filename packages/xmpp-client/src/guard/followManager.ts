import { type BareJid, LEGACY, OMEMO_2, type OmemoManager, type OptOutDecision } from "@omemo/core";
import type { GuardedConversations } from "./guardedConversations.js";
import type { InTurn } from "./guardStanzas.js";
import type { Marking } from "./marking.js";

/** What a guard learns with. */
export interface Following {
  readonly conversations: GuardedConversations;
  readonly marks: Marking;
  readonly inTurn: InTurn;
  /** Whether what is received encrypted marks its conversation. */
  readonly automatic: boolean;
  own(): BareJid | undefined;
}

/**
 * Learns from a manager which conversations are encrypted, and where its user opted out or in again.
 * What cannot be written becomes a `problem` of the manager; a mark counts all the same.
 */
export function followManager(manager: OmemoManager, following: Following): void {
  const { marks, inTurn, automatic } = following;
  manager.on("encrypted-conversation", ({ conversation, version, trust }) =>
    automatic && trust !== "untrusted"
      ? inTurn(() => marks.received(conversation, version))
      : undefined,
  );
  manager.on("opt-out", ({ kind, isEffective, conversation }) =>
    kind === "resumed" && isEffective
      ? inTurn(() => followDecision(following, resumed(conversation)))
      : undefined,
  );
  manager.on("opt-out-decision", (decision) => inTurn(() => followDecision(following, decision)));
}

function resumed(conversation: BareJid): OptOutDecision {
  return { conversation, state: "encrypted", reason: undefined };
}

/**
 * Where our user wants plaintext, it may pass; where he goes back to OMEMO, what the opt-out released
 * is marked again. A decision on our own account is one on all conversations.
 */
async function followDecision(
  { conversations, marks, own }: Following,
  { conversation, state, reason }: OptOutDecision,
): Promise<void> {
  await conversations.look([conversation]);
  const isEverywhere = conversation === own();
  const cause = isEverywhere ? "account-opt-out" : "opt-out";
  const isMarked = state === "encrypted";
  const concerned = isEverywhere ? conversations.all() : [conversations.get(conversation)];
  for (const known of concerned) {
    if (known === undefined || known.isMarked === isMarked) continue;
    // What the application released by itself stays released.
    if (isMarked && known.cause !== cause) continue;
    await marks.apply({
      conversation: known.conversation,
      isMarked,
      versions: isMarked ? [OMEMO_2, LEGACY] : [],
      cause,
      reason: reason ?? (isMarked ? "back to OMEMO" : "opted out of OMEMO"),
    });
  }
}
