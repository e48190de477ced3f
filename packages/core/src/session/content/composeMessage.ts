import { OmemoError } from "../../domain/error.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import { DEFAULT_WIRE_LIMITS } from "../../wire/limits.js";
import { checkOutside } from "../../wire/outside.js";
import { forbiddenOnSend } from "../../wire/sce/forbidden.js";
import { isXmlText } from "../../wire/xml/characters.js";
import { detach } from "../../wire/xml/detach.js";
import { qualify } from "../../wire/xml/qualify.js";
import { bodyOf } from "./legacyContent.js";
import { originIdElement, withoutOriginId } from "./originId.js";

/** How an application wants a message to travel. */
export interface Envelopment {
  readonly id?: string;
  readonly isEphemeral?: boolean;
  readonly outside?: readonly XmlElement[];
}

/** A message before it is encrypted. */
export interface ComposedMessage {
  /** Attribute `id` of the first stanza, and origin id of all. */
  readonly id: string;
  /** What is encrypted, the origin id among it: the outer one anybody could change [SID-04]. */
  readonly content: readonly XmlElement[];
  /** What servers see. */
  readonly outside: readonly XmlElement[];
  /** Whether archives and offline storage are to keep it. */
  readonly isStored: boolean;
}

const CHAT_STATES = "http://jabber.org/protocol/chatstates";

/**
 * Checks what an application wants to send before anything is done for it. Chat states alone are
 * ephemeral without being told to be [HINT-02, O2-189].
 * @throws OmemoError `invalid-input` for elements that must not be inside [O2-99], or outside
 * [SCE-13], for an id that is none, and for ephemera that somebody may want to read later [O2-186].
 */
export function composeMessage(
  content: readonly XmlElement[],
  { id: given, isEphemeral, outside = [] }: Envelopment,
  randomId: () => string,
): ComposedMessage {
  forbiddenOnSend(content);
  const inside = withoutOriginId(content.map((element) => detach(qualify(element))));
  const id = given ?? inside.originId ?? randomId();
  if (id === "" || id.length > DEFAULT_WIRE_LIMITS.maxIdLength || !isXmlText(id)) {
    throw new OmemoError("invalid-input", "not an id for a message");
  }
  const isStored = !(isEphemeral ?? isChatState(inside.content));
  if (!isStored && bodyOf(content) !== undefined) {
    throw new OmemoError("invalid-input", "a message with a body has to be kept for other devices");
  }
  checkOutside(outside, isStored);
  return { id, content: [...inside.content, originIdElement(id)], outside, isStored };
}

function isChatState(content: readonly XmlElement[]): boolean {
  return content.length > 0 && content.every(({ attrs }) => attrs.xmlns === CHAT_STATES);
}
