import { toUtf8 } from "../domain/bytes.js";
import type { XmlElement } from "../domain/xmlElement.js";
import { serialize } from "../wire/xml/serialize.js";
import type { KeyFor, VersionPart } from "./versionPart.js";

/** Bytes of a stanza beside keys and payload: names, addresses, ids, hints. */
const FRAME = 1024;
const KEY_FRAME = `<key rid="" prekey="true"></key>`.length;
const ACCOUNT_FRAME = `<keys jid=""></keys>`.length;

/** Bytes that base64 makes of them. */
function encodedSize(bytes: Uint8Array): number {
  return 4 * Math.ceil(bytes.length / 3);
}

function keySize({ deviceId, bytes }: KeyFor): number {
  return KEY_FRAME + String(deviceId).length + encodedSize(bytes);
}

function keysSize(keys: readonly KeyFor[]): number {
  const [first] = keys;
  const frame = first === undefined ? 0 : ACCOUNT_FRAME + first.jid.length;
  return keys.reduce((sum, key) => sum + keySize(key), frame);
}

/** Bytes of what stands unencrypted beside it. */
export function elementsSize(elements: readonly XmlElement[] = []): number {
  return elements.reduce((sum, element) => sum + toUtf8(serialize(element)).length, 0);
}

/** Bytes of a stanza with these parts and nothing else, about; never less than it has. */
export function stanzaSize(parts: readonly VersionPart[], extra: number): number {
  return parts.reduce((sum, { keys, payload = new Uint8Array(0), beside }) => {
    const content = encodedSize(payload) + elementsSize(beside);
    const groups = byAccount(keys).map(keysSize);
    return groups.reduce((total, size) => total + size, sum + content);
  }, FRAME + extra);
}

/** Whether a stanza has room for such a payload, and as much for keys: each stanza repeats it [L-46]. */
export function hasRoomFor(payload: Uint8Array, most: number): boolean {
  return FRAME + encodedSize(payload) <= most / 2;
}

/**
 * A part as several with the same payload, each small enough for a stanza of its own: a server ends
 * the stream over one that is too large [L-46]. Each device's key is in exactly one of them, and the
 * devices of an account are together unless they alone are too many.
 */
export function splitPart(part: VersionPart, most: number, extra: number): readonly VersionPart[] {
  const room = most - stanzaSize([{ ...part, keys: [] }], extra);
  const slices: KeyFor[][] = [[]];
  let used = 0;
  for (const keys of byAccount(part.keys).flatMap((group) => cut(group, room))) {
    const size = keysSize(keys);
    if (used > 0 && used + size > room) {
      slices.push([]);
      used = 0;
    }
    slices.at(-1)?.push(...keys);
    used += size;
  }
  return slices.map((keys) => ({ ...part, keys }));
}

/** The devices of one account, in as few groups as have room. */
function cut(group: readonly KeyFor[], room: number): readonly (readonly KeyFor[])[] {
  if (group.length < 2 || keysSize(group) <= room) return [group];
  const middle = group.length >> 1;
  return [...cut(group.slice(0, middle), room), ...cut(group.slice(middle), room)];
}

function byAccount(keys: readonly KeyFor[]): readonly (readonly KeyFor[])[] {
  const groups = new Map<string, KeyFor[]>();
  for (const key of keys) {
    const group = groups.get(key.jid);
    if (group === undefined) groups.set(key.jid, [key]);
    else group.push(key);
  }
  return [...groups.values()];
}
