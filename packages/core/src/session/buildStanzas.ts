import type { DeviceId } from "../domain/device.js";
import type { BareJid } from "../domain/jid.js";
import { LEGACY, OMEMO_2, type OmemoVersion } from "../domain/version.js";
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
  /** Beside legacy payloads [L-44]. */
  /** In each stanza, for servers. */
  readonly outside?: readonly XmlElement[] | undefined;
  /** Whether it is to be kept for those who are away; default: yes [HINT-01, HINT-02]. */
  readonly isStored?: boolean | undefined;
  readonly fallbackBody: string | false;
}

/** One stanza a version, because deployed clients refuse two elements in one, or all in one [O2-178]. */
export function buildStanzas(input: StanzaInput): readonly XmlElement[] {
  if (input.layout === "combined") return [buildStanza(input, input.parts, input.id)];
  return input.parts.map((part, index) => {
    return buildStanza(input, [part], index === 0 ? input.id : `${input.id}-${index + 1}`);
  });
}

function buildStanza(
  input: StanzaInput,
  parts: readonly VersionPart[],
  stanzaId: string,
): XmlElement {
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
  const { outside = [], isStored = true } = input;
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
