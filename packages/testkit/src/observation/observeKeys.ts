import { type BareJid, LEGACY, OMEMO_2, type OmemoVersion, parseBareJid, toHex } from "@omemo/core";
import {
  childOf,
  childrenOf,
  fromBase64,
  type QualifiedElement,
  qualify,
  textOf,
} from "@omemo/core/wire";
import type { WireRecord } from "../network/wireLog.js";
import { type KeyMessage, readKeyMessage } from "./keyMessage.js";

/** One `<key/>` that left a client. */
export interface KeySighting {
  readonly at: number;
  readonly version: OmemoVersion;
  readonly sender: BareJid;
  readonly senderDevice: number;
  /** `undefined` in the legacy version, whose keys name no account. */
  readonly recipient: BareJid | undefined;
  readonly recipientDevice: number;
  /** Whether content travelled with it. */
  readonly hasPayload: boolean;
  readonly bytes: Uint8Array;
  /** `undefined` when it is malformed. */
  readonly message: KeyMessage | undefined;
}

/** Every encrypted key in the messages that clients sent, in the order of sending. */
export function observeKeys(log: readonly WireRecord[]): readonly KeySighting[] {
  return log.flatMap((record) => {
    const { direction, kind, stanza } = record;
    if (direction !== "sent" || kind !== "message" || stanza === undefined) return [];
    const message = qualify(stanza);
    return [OMEMO_2, LEGACY].flatMap((version) =>
      childrenOf(message, "encrypted", version).flatMap((element) =>
        keysOf(record, version, element),
      ),
    );
  });
}

/**
 * Sightings that used one message key for different messages, grouped: must be empty, whatever
 * crashed. A stanza that was sent again byte for byte is none.
 */
export function reusedMessageKeys(
  sightings: readonly KeySighting[],
): readonly (readonly KeySighting[])[] {
  const byKey = new Map<string, Map<string, KeySighting>>();
  for (const sighting of sightings) {
    const { version, message } = sighting;
    if (message === undefined) continue;
    const name = `${version} ${toHex(message.ratchetKey)} ${message.counter}`;
    const uses = byKey.get(name) ?? new Map<string, KeySighting>();
    uses.set(toHex(message.inner), sighting);
    byKey.set(name, uses);
  }
  return [...byKey.values()].filter((uses) => uses.size > 1).map((uses) => [...uses.values()]);
}

/** What left a client with one of these texts readable; must be empty for secrets. */
export function readableTexts(
  log: readonly WireRecord[],
  secrets: readonly string[],
): readonly WireRecord[] {
  return log.filter(({ direction, stanza }) => {
    const text = JSON.stringify(stanza ?? "");
    return direction === "sent" && secrets.some((secret) => text.includes(jsonOf(secret)));
  });
}

function keysOf(
  { at, account }: WireRecord,
  version: OmemoVersion,
  element: QualifiedElement,
): readonly KeySighting[] {
  const header = childOf(element, "header", version);
  if (header === undefined) return [];
  const senderDevice = Number(header.attrs.sid);
  const hasPayload = childOf(element, "payload", version) !== undefined;
  const groups = version === LEGACY ? [header] : childrenOf(header, "keys", version);
  return groups.flatMap((group) =>
    childrenOf(group, "key", version).map((key): KeySighting => {
      const bytes = fromBase64(textOf(key)) ?? new Uint8Array(0);
      const isKeyExchange = ["true", "1"].includes(key.attrs.kex ?? key.attrs.prekey ?? "");
      return {
        at,
        version,
        sender: account,
        senderDevice,
        recipient: parseBareJid(group.attrs.jid ?? ""),
        recipientDevice: Number(key.attrs.rid),
        hasPayload,
        bytes,
        message: readKeyMessage(version, bytes, isKeyExchange),
      };
    }),
  );
}

function jsonOf(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
