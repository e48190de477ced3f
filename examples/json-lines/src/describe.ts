import {
  type DeviceListChange,
  type IdentityChange,
  LEGACY,
  OMEMO_2,
  type OmemoVersion,
  type OptOutChange,
  type ReceivedControl,
  type ReceivedMessage,
  type ReceivedStanza,
  type ReceiveFailure,
  type RoomOrigin,
  type RoomSent,
  type Sent,
  type TransportMessage,
  type TrustState,
} from "@omemo/core";
import { childOf, elementsOf, namespaces, qualify, serialize, textOf } from "@omemo/core/wire";
import type { JsonEvent } from "./jsonEvent.js";

/** Names of trust states on the wire of this program. */
export const TRUST_LEVELS: Readonly<Record<TrustState, string>> = {
  trusted: "TRUSTED",
  untrusted: "DISTRUSTED",
  undecided: "UNDECIDED",
};

const CARBONS: Readonly<Record<ReceivedStanza["origin"], string | null>> = {
  live: null,
  archive: null,
  "carbon-sent": "sent",
  "carbon-received": "received",
};

/** What is told of every stanza; `own` is our account. */
function describeStanza(stanza: ReceivedStanza, own: string) {
  return {
    from: stanza.from,
    to: stanza.direction === "sent" ? stanza.conversation : own,
    type: stanza.room === undefined ? "chat" : "groupchat",
    id: stanza.stanzaId ?? null,
    carbon: CARBONS[stanza.origin],
    ...(stanza.room !== undefined && describePlace(stanza.room)),
  };
}

/** Which room it was said in, under which name, and how the real sender is known. */
function describePlace({ jid, nick, established }: RoomOrigin) {
  return { room: jid, nick, sender_known_by: established };
}

/** A message of an archive that was read before, or that this device wrote. */
export function describeKnown(stanza: ReceivedStanza, own: string): JsonEvent {
  return { ev: "known", ...describeStanza(stanza, own), origin_id: stanza.originId ?? null };
}

/** What we said in a room came back from it: everybody in it has it. */
export function describeReflection(stanza: ReceivedStanza, own: string): JsonEvent {
  return { ev: "reflected", ...describeStanza(stanza, own), origin_id: stanza.originId ?? null };
}

/** Whom a decrypted message is from. */
function describeSender({
  version,
  device,
  fingerprint,
  trust,
}: ReceivedMessage | ReceivedControl) {
  return { ns: version, device: device.deviceId, key: fingerprint, trust: TRUST_LEVELS[trust] };
}

export function describeMessage(message: ReceivedMessage, own: string): JsonEvent {
  return {
    ev: "message",
    body: message.body ?? null,
    ...describeSender(message),
    ...describeStanza(message, own),
    content: message.content.map(serialize),
    ...(message.unprotected.length > 0 && { unprotected: message.unprotected.map(serialize) }),
    origin_id: message.originId ?? null,
    warnings: message.warnings,
    redelivery: message.isRedelivery,
  };
}

export function describeControl(control: ReceivedControl, own: string): JsonEvent {
  return {
    ev: "empty",
    ...describeSender(control),
    ...describeStanza(control, own),
    kind: control.kind,
    ...(control.isRedelivery && { redelivery: true }),
  };
}

/** Somebody asked for plaintext, or went back to OMEMO. */
export function describeOptOut(change: OptOutChange): JsonEvent {
  const { kind, conversation, by, device, fingerprint, trust, reason, isEffective } = change;
  return {
    ev: kind === "opted-out" ? "optout" : "optin",
    conversation,
    by,
    device: device.deviceId,
    key: fingerprint,
    trust: TRUST_LEVELS[trust],
    reason: reason ?? null,
    effective: isEffective,
  };
}

/** `invalid` for what breaks the rules of XML or of its schema, else `undecryptable`. */
export function describeFailure(failure: ReceiveFailure, own: string): JsonEvent {
  const { reason, version, device } = failure;
  return {
    ...(reason === "malformed" ? { ev: "invalid", what: "message" } : { ev: "undecryptable" }),
    ns: version ?? null,
    device: device?.deviceId ?? null,
    error: reason,
    ...describeStanza(failure, own),
  };
}

/** `devices` maps ids to labels, which are not known here. */
export function describeDeviceList({ owner, version, devices }: DeviceListChange): JsonEvent {
  const entries = devices.map(({ deviceId }) => [deviceId, null]);
  return { ev: "device_list", jid: owner, ns: version, devices: Object.fromEntries(entries) };
}

/** A device showed this key for the first time, in place of another one if it is `changed`. */
export function describeIdentity({ identity, isChangedKey }: IdentityChange): JsonEvent {
  const { jid, deviceId, fingerprint } = identity;
  return { ev: "identity", jid, device: deviceId, key: fingerprint, changed: isChangedKey };
}

/** One `sent` for each version, then one `failed` for each device that should have been reached. */
export function describeSent(sent: Sent, to: string): readonly JsonEvent[] {
  const stanzas = [OMEMO_2, LEGACY].flatMap((version): readonly JsonEvent[] => {
    const devices = sent.intendedDevices.filter((intended) => intended.version === version);
    const keys = devices.map(({ device, isKeyExchange }) => {
      return { jid: device.jid, device: device.deviceId, kex: isKeyExchange };
    });
    if (keys.length === 0) return [];
    const id = stanzaIdOf(sent, version);
    const lost = version === LEGACY && sent.lostInLegacy.length > 0;
    const left = lost && { lost: sent.lostInLegacy };
    return [{ ev: "sent", to, ns: version, id, empty: false, keys, ...left }];
  });
  const unreached = sent.skippedDevices
    .filter(({ reason }) => reason !== "untrusted")
    .map(({ device, reason }): JsonEvent => {
      return {
        ev: "failed",
        error: `not encrypted for ${device.jid}/${device.deviceId}: ${reason}`,
      };
    });
  return [...stanzas, ...unreached];
}

/** The same for a room, with a `failed` for each member who was not reached at all. */
export function describeRoomSent(sent: RoomSent): readonly JsonEvent[] {
  const unreached = sent.unreachedMembers
    .filter(({ reason }) => reason !== "devices-skipped")
    .map(({ jid, reason }): JsonEvent => {
      return { ev: "failed", error: `not encrypted for ${jid}: ${reason}` };
    });
  return [...describeSent(sent, sent.room), ...unreached];
}

function stanzaIdOf({ id, stanzas }: Sent, version: OmemoVersion): string {
  const stanza = stanzas.find(({ children }) =>
    children.some((child) => typeof child !== "string" && child.attrs.xmlns === version),
  );
  return stanza?.attrs.id ?? id;
}

/** A message that was not encrypted: its text, or that it came back; `undefined` when neither. */
export function describePlain(message: TransportMessage, own: string): JsonEvent | undefined {
  const stanza = qualify(message.stanza);
  const { from = own, to, type = "normal", id } = stanza.attrs;
  if (type === "error") return { ev: "failed", error: "message bounced", stanza_id: id ?? null };
  if (elementsOf(stanza).some(({ name }) => name === "encrypted")) return undefined;
  const body = childOf(stanza, "body", namespaces.client);
  if (body === undefined) return undefined;
  return {
    ev: "plain",
    body: textOf(body),
    from: from.replace(/\/.*$/, ""),
    to: to ?? null,
    type,
    id: id ?? null,
    carbon: CARBONS[message.origin],
  };
}
