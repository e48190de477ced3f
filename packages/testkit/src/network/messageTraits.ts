import type { XmlElement } from "@omemo/core";
import { childOf, namespaces, qualify } from "@omemo/core/wire";
import type { ServerProfile } from "./serverProfile.js";

/** RFC 6121 section 5.2.2; anything else counts as `normal`. */
export type MessageType = "normal" | "chat" | "groupchat" | "headline" | "error";

const TYPES: readonly string[] = ["normal", "chat", "groupchat", "headline", "error"];

/** What a server looks at when it decides where a message goes. */
export interface MessageTraits {
  readonly type: MessageType;
  /** Kept in the archives of both sides. [HINT-01, MAM-09] */
  readonly isArchived: boolean;
  /** Kept for a recipient who has no resource online. */
  readonly isStoredOffline: boolean;
  /** Copied to the other resources of both sides. [CARB-06] */
  readonly isCopied: boolean;
}

/** Reads type, body and hints of a message. */
export function messageTraits(stanza: XmlElement, profile: ServerProfile): MessageTraits {
  const message = qualify(stanza);
  const hasHint = (name: string) => childOf(message, name, namespaces.hints) !== undefined;
  const type = TYPES.includes(stanza.attrs.type ?? "")
    ? (stanza.attrs.type as MessageType)
    : "normal";
  const isPersonal = type === "chat" || type === "normal";
  const hasBody = childOf(message, "body", namespaces.client) !== undefined;
  const isPersistent = isPersonal && !hasHint("no-store") && !hasHint("no-permanent-store");
  const wantsArchive =
    hasBody ||
    hasHint("store") ||
    (profile.archivesEncryptionHint &&
      childOf(message, "encryption", namespaces.eme) !== undefined);
  const isPrivate =
    childOf(message, "private", namespaces.carbons) !== undefined || hasHint("no-copy");
  return {
    type,
    isArchived: isPersistent && wantsArchive,
    isStoredOffline: isPersonal && !hasHint("no-store") && (hasBody || hasHint("store")),
    isCopied: !isPrivate && (type === "chat" || (type === "normal" && hasBody)),
  };
}
