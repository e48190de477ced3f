import type { DeviceId } from "../domain/device.js";
import type { BareJid } from "../domain/jid.js";
import { LEGACY, OMEMO_2, type OmemoVersion } from "../domain/version.js";
import type { XmlElement } from "../domain/xmlElement.js";
import { writeEncrypted } from "../wire/encrypted.js";
import { buildMessageStanza } from "../wire/message.js";

/** The sealed key of one device. */
export interface KeyFor {
  readonly jid: BareJid;
  readonly deviceId: DeviceId;
  readonly bytes: Uint8Array;
  readonly isKeyExchange: boolean;
}

/** Everything that one version contributes to a message. */
export interface VersionPart {
  readonly version: OmemoVersion;
  readonly keys: readonly KeyFor[];
  /** Absent in messages without content. */
  readonly payload: Uint8Array | undefined;
  /** Legacy only. */
  readonly iv: Uint8Array | undefined;
}

export interface StanzaInput {
  readonly to: BareJid;
  readonly type: "chat" | "groupchat";
  readonly own: { readonly jid: BareJid; readonly deviceId: DeviceId };
  /** Shared by all stanzas as origin id [O2-179]. */
  readonly id: string;
  readonly parts: readonly VersionPart[];
  readonly layout: "separate" | "combined";
  /** Beside legacy payloads [L-44]. */
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
    store: true,
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
