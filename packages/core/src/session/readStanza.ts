import type { OmemoDevice } from "../domain/device.js";
import { type BareJid, parseBareJid } from "../domain/jid.js";
import { OMEMO_2, type OmemoVersion } from "../domain/version.js";
import type { TransportMessage } from "../ports/transport.js";
import { type EncryptedElement, readEncrypted } from "../wire/encrypted.js";
import { readMessageIds } from "../wire/message.js";
import { qualify } from "../wire/xml/qualify.js";
import type { ReceivedStanza } from "./received.js";

type Readable = Extract<EncryptedElement, { readonly kind: "encrypted" }>;

/** What an incoming message is to us, before any key is touched. */
export type StanzaReading =
  /** Nothing of ours in it, or nothing that anybody should be told of. */
  | { readonly kind: "ignore" }
  | {
      readonly kind: "failure";
      readonly about: ReceivedStanza;
      readonly reason: "not-for-this-device" | "malformed" | "not-supported";
      readonly version: OmemoVersion;
      readonly device: OmemoDevice | undefined;
    }
  | { readonly kind: "encrypted"; readonly about: ReceivedStanza; readonly element: Readable };

/** Sorts out one message stanza. */
export function readStanza(
  message: TransportMessage,
  own: OmemoDevice,
  versions: readonly OmemoVersion[],
): StanzaReading {
  const stanza = qualify(message.stanza);
  const type = stanza.attrs.type ?? "normal";
  if (stanza.name !== "message" || type === "error") return { kind: "ignore" };
  const elements = readEncrypted(stanza, own);
  const about = describe(message, own.jid);
  const [first] = elements;
  if (first === undefined || about === undefined) return { kind: "ignore" };
  if (type === "groupchat") {
    const device = senderOf(first, about.from);
    return { kind: "failure", about, reason: "not-supported", version: first.version, device };
  }
  const readable = elements.filter((element) => element.kind === "encrypted");
  const forUs = readable.filter(({ version, keys }) => {
    return keys.length > 0 && versions.includes(version);
  });
  const element = forUs.find(({ version }) => version === OMEMO_2) ?? forUs[0];
  if (element !== undefined) return { kind: "encrypted", about, element };
  return unreadable(about, own, elements);
}

/** No key for us: silent for our own echo and for messages without content [O2-120, L-53]. */
function unreadable(
  about: ReceivedStanza,
  own: OmemoDevice,
  elements: readonly EncryptedElement[],
): StanzaReading {
  const broken = elements.find((element) => element.kind === "malformed");
  if (broken !== undefined) {
    const device = senderOf(broken, about.from);
    return { kind: "failure", about, reason: "malformed", version: broken.version, device };
  }
  const missed = elements.find((element) => {
    const isEcho = about.from === own.jid && element.senderDeviceId === own.deviceId;
    return element.kind === "encrypted" && element.hasPayload && !isEcho;
  });
  if (missed === undefined) return { kind: "ignore" };
  const device = senderOf(missed, about.from);
  return { kind: "failure", about, reason: "not-for-this-device", version: missed.version, device };
}

function senderOf(element: EncryptedElement, from: BareJid): OmemoDevice | undefined {
  const { senderDeviceId } = element;
  return senderDeviceId === undefined ? undefined : { jid: from, deviceId: senderDeviceId };
}

/** `undefined` when the server names no sender that could be one. */
function describe(message: TransportMessage, own: BareJid): ReceivedStanza | undefined {
  const { stanza, origin, sentAt } = message;
  const from = stanza.attrs.from === undefined ? own : parseBareJid(stanza.attrs.from);
  const to = stanza.attrs.to === undefined ? own : parseBareJid(stanza.attrs.to);
  if (from === undefined || to === undefined) return undefined;
  const direction = from === own ? "sent" : "received";
  const { stanzaId, originId, archiveId: ownArchiveId } = readMessageIds(qualify(stanza), own);
  const archiveId = message.archiveId ?? ownArchiveId;
  const conversation = direction === "sent" ? to : from;
  return { from, conversation, direction, origin, stanzaId, originId, archiveId, sentAt };
}
