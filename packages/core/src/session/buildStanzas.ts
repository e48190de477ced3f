import { toUtf8 } from "../domain/bytes.js";
import type { DeviceId } from "../domain/device.js";
import type { BareJid } from "../domain/jid.js";
import { LEGACY, OMEMO_2 } from "../domain/version.js";
import type { XmlElement } from "../domain/xmlElement.js";
import { writeEncrypted } from "../wire/encrypted.js";
import { buildMessageStanza, noStoreHint } from "../wire/message.js";
import { elementsSize, splitPart, stanzaSize } from "./splitPart.js";
import type { VersionPart } from "./versionPart.js";

export interface StanzaInput {
  readonly to: BareJid;
  readonly type: "chat" | "groupchat";
  readonly own: { readonly jid: BareJid; readonly deviceId: DeviceId };
  /** Shared by all stanzas as origin id [O2-179]. */
  readonly id: string;
  readonly parts: readonly VersionPart[];
  readonly layout: "separate" | "combined";
  /** In each stanza, for servers. */
  readonly outside?: readonly XmlElement[] | undefined;
  /** Whether it is to be kept for those who are away; default: yes [HINT-01, HINT-02]. */
  readonly isStored?: boolean | undefined;
  /** Beside legacy payloads [L-44]. */
  readonly fallbackBody: string | false;
  /** What a server takes of one stanza, in bytes [L-46]. */
  readonly maxBytes: number;
}

/**
 * One stanza a version, because deployed clients refuse two elements in one, or all in one [O2-178];
 * more where so many devices would not fit. All have the same origin id [O2-179].
 */
export function buildStanzas(input: StanzaInput): readonly XmlElement[] {
  const { parts, layout, maxBytes, id } = input;
  const body = input.fallbackBody === false ? 0 : toUtf8(input.fallbackBody).length;
  const extra = body + elementsSize(input.outside);
  const isCombined = layout === "combined" && stanzaSize(parts, extra) <= maxBytes;
  const contents = isCombined
    ? [parts]
    : parts.flatMap((part) => splitPart(part, maxBytes, extra)).map((part) => [part]);
  return contents.map((content, index) => {
    return buildStanza(input, content, index === 0 ? id : `${id}-${index + 1}`);
  });
}

function buildStanza(
  input: StanzaInput,
  parts: readonly VersionPart[],
  stanzaId: string,
): XmlElement {
  const { outside = [], isStored = true } = input;
  const content = parts.filter((part) => part.payload !== undefined);
  const named = content.find(({ version }) => version === OMEMO_2) ?? content[0];
  const isLegacy = content.some(({ version }) => version === LEGACY);
  return buildMessageStanza({
    to: input.to,
    type: input.type,
    id: stanzaId,
    ...(content.length > 0 && { originId: input.id }),
    encrypted: parts.map((part) => encryptedElement(input, part)),
    ...(named !== undefined && { eme: named.version }),
    ...(isLegacy && input.fallbackBody !== false && { fallbackBody: input.fallbackBody }),
    store: isStored,
    extra: [
      ...(isStored ? [] : [noStoreHint()]),
      ...outside,
      ...parts.flatMap(({ beside = [] }) => beside),
    ],
  });
}

/** Recipients before ourselves: some clients look at the first or last of equal device ids. */
function encryptedElement({ to, own }: StanzaInput, part: VersionPart): XmlElement {
  const jids = [...new Set([to, ...part.keys.map(({ jid }) => jid)])];
  const ordered = [...jids.filter((jid) => jid !== own.jid), own.jid];
  const recipients = ordered
    .map((jid) => ({ jid, keys: part.keys.filter((key) => key.jid === jid) }))
    .filter(({ keys }) => keys.length > 0);
  return writeEncrypted({
    version: part.version,
    senderDeviceId: own.deviceId,
    recipients,
    ...(part.payload !== undefined && { payload: part.payload }),
    ...(part.iv !== undefined && { iv: part.iv }),
  });
}
