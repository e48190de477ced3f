import type { OmemoDevice } from "../domain/device.js";
import { type BareJid, parseBareJid } from "../domain/jid.js";
import { OMEMO_2, type OmemoVersion } from "../domain/version.js";
import { type EncryptedElement, readEncrypted } from "../wire/encrypted.js";
import { readMessageIds } from "../wire/message.js";
import { namespaces } from "../wire/namespaces.js";
import { readEncryptionHint } from "../wire/readEncryptionHint.js";
import { childOf, type QualifiedElement, qualify } from "../wire/xml/qualify.js";
import type { ReceivedStanza } from "./received.js";
import type { PlacedMessage, RoomPlace } from "./rooms/place.js";

type Readable = Extract<EncryptedElement, { readonly kind: "encrypted" }>;

/** What an incoming message is to us, before any key is touched. */
export type StanzaReading =
  /** Nothing of ours in it, or nothing that anybody should be told of. */
  | { readonly kind: "ignore" }
  /** What we said in a room, as the room repeats it to everybody [O2-116, L-87]. */
  | { readonly kind: "reflection"; readonly about: ReceivedStanza }
  /** What this device said elsewhere, come back from an archive [O2-120, MAM-10]. */
  | { readonly kind: "echo"; readonly about: ReceivedStanza }
  | {
      readonly kind: "failure";
      readonly about: ReceivedStanza;
      readonly reason: "not-for-this-device" | "malformed" | Refusal;
      readonly version: OmemoVersion;
      readonly device: OmemoDevice | undefined;
    }
  /** Another method encrypted it, or took our element away [EME-04]. */
  | { readonly kind: "foreign"; readonly about: ReceivedStanza; readonly encryption: string }
  | {
      readonly kind: "encrypted";
      readonly about: ReceivedStanza;
      readonly element: Readable;
      /** The same in the other version, should it be needed. */
      readonly spare: Readable | undefined;
    };

type Refusal = "not-in-room" | "private-message" | "unknown-sender";

/** Sorts out one message stanza. */
export function readStanza(
  message: PlacedMessage,
  own: OmemoDevice,
  versions: readonly OmemoVersion[],
): StanzaReading {
  const stanza = qualify(message.stanza);
  const type = stanza.attrs.type ?? "normal";
  if (stanza.name !== "message" || type === "error") return { kind: "ignore" };
  const elements = readEncrypted(stanza, own);
  const about = describe(message, own.jid);
  const [first] = elements;
  if (about === undefined) return { kind: "ignore" };
  if (first === undefined) {
    const encryption = readEncryptionHint(stanza);
    return encryption === undefined ? { kind: "ignore" } : { kind: "foreign", about, encryption };
  }
  const reason = refusalOf(message, stanza);
  if (reason !== undefined) {
    return { kind: "failure", about, reason, version: first.version, device: undefined };
  }
  if (isReflection(about, own, first)) return { kind: "reflection", about };
  const readable = elements.filter((element) => element.kind === "encrypted");
  const forUs = readable.filter(({ version, keys }) => {
    return keys.length > 0 && versions.includes(version);
  });
  const element = forUs.find(({ version }) => version === OMEMO_2) ?? forUs[0];
  const spare = forUs.find(({ version }) => version !== element?.version);
  if (element !== undefined) return { kind: "encrypted", about, element, spare };
  return unreadable(about, own, elements);
}

/**
 * What nobody can vouch for: a room's message without the room, and what is whispered in one, where
 * the room's address stands for an account that it is not [MUC-10, O2-160, L-89].
 */
function refusalOf({ place }: PlacedMessage, stanza: QualifiedElement): Refusal | undefined {
  if (place?.isPrivate === true) return "private-message";
  // The room itself, in nobody's name, has no keys.
  if (place !== undefined) return place.nick === "" ? "unknown-sender" : undefined;
  if (stanza.attrs.type === "groupchat") return "not-in-room";
  const isWhispered = childOf(stanza, "x", namespaces.roomUser) !== undefined;
  return isWhispered ? "private-message" : undefined;
}

/** Our own device is never among the recipients, so it cannot read what it said [MUC-11]. */
function isReflection(
  { room, from }: ReceivedStanza,
  own: OmemoDevice,
  { senderDeviceId }: EncryptedElement,
): boolean {
  return room !== undefined && from === own.jid && senderDeviceId === own.deviceId;
}

/** No key for us: silent for our own echo and for messages without content [O2-120, L-53]. */
function unreadable(
  about: ReceivedStanza,
  own: OmemoDevice,
  elements: readonly EncryptedElement[],
): StanzaReading {
  const broken = elements.find((element) => element.kind === "malformed");
  if (broken !== undefined) {
    const device = senderOf(broken, about);
    return { kind: "failure", about, reason: "malformed", version: broken.version, device };
  }
  const isOurs = about.from === own.jid || about.room?.established === "unknown";
  const isEcho = (element: EncryptedElement): boolean =>
    isOurs && element.senderDeviceId === own.deviceId;
  const missed = elements.find((element) => {
    return element.kind === "encrypted" && element.hasPayload && !isEcho(element);
  });
  if (missed === undefined) {
    const isCertain = about.from === own.jid && elements.some(isEcho);
    return isCertain ? { kind: "echo", about } : { kind: "ignore" };
  }
  const device = senderOf(missed, about);
  return { kind: "failure", about, reason: "not-for-this-device", version: missed.version, device };
}

function senderOf(
  { senderDeviceId: deviceId }: EncryptedElement,
  { from, room }: ReceivedStanza,
): OmemoDevice | undefined {
  const isKnown = deviceId !== undefined && room?.established !== "unknown";
  return isKnown ? { jid: from, deviceId } : undefined;
}

/** `undefined` when the server names no sender that could be one. */
function describe(message: PlacedMessage, own: BareJid): ReceivedStanza | undefined {
  const { stanza, origin, sentAt, place } = message;
  if (place !== undefined && !place.isPrivate) return describePlaced(message, place, own);
  const from = stanza.attrs.from === undefined ? own : parseBareJid(stanza.attrs.from);
  const to = stanza.attrs.to === undefined ? own : parseBareJid(stanza.attrs.to);
  if (from === undefined || to === undefined) return undefined;
  const direction = from === own ? "sent" : "received";
  const { stanzaId, originId, archiveId: ownArchiveId } = readMessageIds(qualify(stanza), own);
  const archiveId = message.archiveId ?? ownArchiveId;
  const conversation = direction === "sent" ? to : from;
  return { from, conversation, direction, origin, stanzaId, originId, archiveId, sentAt };
}

/** In a room the stanza is from the room; who said it is somebody with a real address. */
function describePlaced(
  { stanza, origin, sentAt, archiveId: givenId }: PlacedMessage,
  { room, nick, sender }: RoomPlace,
  own: BareJid,
): ReceivedStanza {
  const known = origin === "archive" ? "archive" : "presence";
  const { stanzaId, originId, archiveId } = readMessageIds(qualify(stanza), room);
  return {
    from: sender ?? room,
    conversation: room,
    direction: sender === own ? "sent" : "received",
    origin,
    stanzaId,
    originId,
    archiveId: givenId ?? archiveId,
    sentAt,
    room: { jid: room, nick, established: sender === undefined ? "unknown" : known },
  };
}
