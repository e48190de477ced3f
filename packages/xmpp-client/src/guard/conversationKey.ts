import type { BareJid } from "@omemo/core";

declare const brand: unique symbol;
/** A conversation as it is compared, whichever way its address is written. */
export type ConversationKey = string & { readonly [brand]: "ConversationKey" };

/**
 * Wider than a {@link BareJid}: what servers of RFC 6122 map to the same address counts as the same
 * one, or a soft hyphen would lead past the guard and still to the contact.
 */
export function conversationKey(jid: BareJid): ConversationKey {
  const visible = jid.replace(/\p{Default_Ignorable_Code_Point}/gu, "");
  const folded = [...visible].map((character) => character.toUpperCase().toLowerCase()).join("");
  return folded.normalize("NFKC").replace(/。/gu, ".").replace(/\.$/u, "") as ConversationKey;
}
