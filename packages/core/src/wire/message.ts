import { fromUtf8 } from "../domain/bytes.js";
import { type BareJid, parseBareJid } from "../domain/jid.js";
import { LEGACY, OMEMO_2, type OmemoVersion } from "../domain/version.js";
import type { XmlElement } from "../domain/xmlElement.js";
import { checkInput } from "./checkInput.js";
import { DEFAULT_WIRE_LIMITS, type WireLimits } from "./limits.js";
import { type Malformed, malformed } from "./malformed.js";
import { namespaces } from "./namespaces.js";
import { isHindrance, mayStandOutside } from "./outside.js";
import { xml } from "./xml/element.js";
import { childrenOf, type QualifiedElement, qualified, qualify } from "./xml/qualify.js";

/** What a message stanza is built from. */
export interface MessageInput {
  /** `from` is left to the server. */
  readonly to: BareJid;
  /** `chat` for everything that is not said in a room, empty messages included. [O2-86, L-46] */
  readonly type: "chat" | "groupchat";
  readonly id: string;
  /** The same in both stanzas of one message. [O2-178, O2-179] */
  readonly originId?: string;
  /** At least one, made by `writeEncrypted`. */
  readonly encrypted: readonly XmlElement[];
  /** For messages with content; OMEMO 2 where both versions share a stanza. [O2-138, O2-187] */
  readonly eme?: OmemoVersion;
  /** Text for clients without OMEMO; never the real one. [L-44, O2-104] */
  readonly fallbackBody?: string;
  /** Asks archives to keep it: everything but ephemera. [O2-85, L-43, HINT-01] */
  readonly store: boolean;
  /** To stand unencrypted beside it; `sortElements` says what may. [SCE-13, L-48] */
  readonly extra?: readonly XmlElement[];
}

/** Ids of a message; they come from outside the encryption. */
export interface MessageIds {
  /** Attribute `id` of the stanza. */
  readonly stanzaId: string | undefined;
  /** Chosen by the sender, so good for matching own echoes, not for trust. [SID-03] */
  readonly originId: string | undefined;
  /** Given by the archive that was named, and by no one else. [SID-02] */
  readonly archiveId: string | undefined;
}

/**
 * Tells clients that cannot decrypt what they see. It has no name, because both versions are listed
 * methods. [EME-01, EME-02]
 */
export function encryptionHint(version: OmemoVersion): XmlElement {
  return xml("encryption", { xmlns: namespaces.eme, namespace: version });
}

/** Asks archives to keep a message without body. [HINT-01] */
export function storeHint(): XmlElement {
  return xml("store", { xmlns: namespaces.hints });
}

/** Asks archives and offline storage not to keep a message. [HINT-02, O2-189] */
export function noStoreHint(): XmlElement {
  return xml("no-store", { xmlns: namespaces.hints });
}

/**
 * The stanza to send.
 * @throws OmemoError `invalid-input` when nothing is encrypted, when something that must not be
 * readable would be, or when a hint keeps the message from devices or archives that need it.
 * [SCE-13, L-48, O2-186, HINT-02, HINT-03]
 */
export function buildMessageStanza(input: MessageInput): XmlElement {
  const { to, type, id, originId, encrypted, eme, fallbackBody, store, extra = [] } = input;
  checkInput(encrypted.length > 0, "a message without encrypted element");
  const isLegacy = encrypted.some(({ attrs }) => attrs.xmlns === LEGACY);
  for (const element of extra) {
    const qualified = qualify(element);
    const isHarmless = mayStandOutside(isLegacy ? LEGACY : OMEMO_2, qualified);
    checkInput(isHarmless, `must not be sent unencrypted: ${qualified.name}`);
    checkInput(!isHindrance(qualified, store), `contradicts delivery: ${qualified.name}`);
  }
  return xml(
    "message",
    { to, type, id },
    ...encrypted,
    ...(eme === undefined ? [] : [encryptionHint(eme)]),
    ...(store ? [storeHint()] : []),
    ...(originId === undefined
      ? []
      : [xml("origin-id", { xmlns: namespaces.stanzaIds, id: originId })]),
    ...(fallbackBody === undefined ? [] : [xml("body", {}, fallbackBody)]),
    ...extra,
  );
}

/** Reads the ids; `archive` is the own account, or the room that the message came through. */
export function readMessageIds(
  stanza: XmlElement | QualifiedElement,
  archive?: BareJid,
  limits: Pick<WireLimits, "maxIdLength"> = DEFAULT_WIRE_LIMITS,
): MessageIds {
  const message = qualified(stanza);
  const origin = childrenOf(message, "origin-id", namespaces.stanzaIds);
  const archived = childrenOf(message, "stanza-id", namespaces.stanzaIds).filter(
    ({ attrs }) => archive !== undefined && parseBareJid(attrs.by ?? "") === archive,
  );
  const idOf = (elements: readonly Pick<QualifiedElement, "attrs">[]): string | undefined => {
    const id = elements.length === 1 ? elements[0]?.attrs.id : undefined;
    return id === undefined || id === "" || id.length > limits.maxIdLength ? undefined : id;
  };
  return { stanzaId: idOf([message]), originId: idOf(origin), archiveId: idOf(archived) };
}

/** The text that the legacy version encrypted; it takes the place of any body outside. [L-62, L-63] */
export function readLegacyBody(plaintext: Uint8Array): string | Malformed {
  return fromUtf8(plaintext) ?? malformed("not-utf8");
}
