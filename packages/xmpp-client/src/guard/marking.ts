import { type BareJid, type Clock, type OmemoVersion, parseBareJid } from "@omemo/core";
import { childOf, elementsOf, type QualifiedElement } from "@omemo/core/wire";
import type { GuardedConversations } from "./guardedConversations.js";
import type { GuardCause, GuardChange } from "./guardTable.js";
import { versionOf } from "./messageShapes.js";

/** What happens puts conversations under the guard, or out of it. */
export interface Marking {
  /** Whether a stanza encrypts content in a conversation that is not on record as such. */
  isNews(stanza: QualifiedElement, own: BareJid | undefined): boolean;
  /** We encrypted content: that marks, also what was released. */
  sent(stanza: QualifiedElement, own: BareJid | undefined): Promise<void>;
  /** Others did: that marks what nobody released. */
  received(conversation: BareJid, version: OmemoVersion): Promise<void>;
  /** The change, with the time of it. */
  apply(change: Omit<GuardChange, "at">): Promise<void>;
}

export function marking(conversations: GuardedConversations, clock: Clock): Marking {
  const lacking = (conversation: BareJid, versions: readonly OmemoVersion[]): boolean => {
    const known = conversations.get(conversation);
    return !known?.isMarked || versions.some((version) => !known.versions.includes(version));
  };
  const apply: Marking["apply"] = (change) => conversations.change({ ...change, at: clock.now() });
  const add = (
    conversation: BareJid,
    more: readonly OmemoVersion[],
    cause: GuardCause,
  ): Promise<void> => {
    const known = conversations.get(conversation);
    const before = known?.isMarked ? known.versions : [];
    const versions = [...new Set([...before, ...more])];
    return apply({ conversation, isMarked: true, versions, cause });
  };
  return {
    isNews: (stanza, own) => {
      const said = encryptedContent(stanza, own);
      return said !== undefined && lacking(said.conversation, said.versions);
    },
    sent: async (stanza, own) => {
      const said = encryptedContent(stanza, own);
      if (said !== undefined) await add(said.conversation, said.versions, "sent");
    },
    received: async (conversation, version) => {
      await conversations.look([conversation]);
      const isReleased = conversations.get(conversation)?.isMarked === false;
      if (!isReleased && lacking(conversation, [version])) {
        await add(conversation, [version], "received");
      }
    },
    apply,
  };
}

/** Messages that only move a ratchet have no payload, and say nothing of the conversation. */
function encryptedContent(
  stanza: QualifiedElement,
  own: BareJid | undefined,
): { readonly conversation: BareJid; readonly versions: readonly OmemoVersion[] } | undefined {
  if (stanza.name !== "message") return undefined;
  const { to } = stanza.attrs;
  const conversation = to === undefined ? own : parseBareJid(to);
  const versions = elementsOf(stanza).flatMap((element) => {
    const version = versionOf(element);
    return version !== undefined && childOf(element, "payload") !== undefined ? [version] : [];
  });
  return conversation === undefined || versions.length === 0
    ? undefined
    : { conversation, versions };
}
