import { type BareJid, fromUtf8, OmemoError, type OmemoStore, parseBareJid } from "@omemo/core";
import { conversationPrefix } from "../records/recordKeys.js";

/** @throws OmemoError `store-failure` when a name cannot be read. */
export async function conversationsOf(store: OmemoStore): Promise<readonly BareJid[]> {
  const conversations: BareJid[] = [];
  for await (const { value } of store.list(conversationPrefix)) {
    const conversation = parseBareJid(fromUtf8(value) ?? "");
    if (conversation === undefined) {
      throw new OmemoError("store-failure", "the name of an archived conversation is damaged");
    }
    conversations.push(conversation);
  }
  return conversations;
}
