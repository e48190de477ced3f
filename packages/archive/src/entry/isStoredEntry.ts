import { isDeviceId, LEGACY, OMEMO_2, parseBareJid } from "@omemo/core";
import { placeable } from "../records/place.js";
import type { StoredEntry } from "./entryCodec.js";

type Check = (value: unknown) => boolean;
type Checks<Value> = { readonly [Name in keyof Required<Value>]: Check };

const isText: Check = (value) => typeof value === "string";
const isTime: Check = (value) => typeof value === "number" && placeable(value) === value;
const isJid: Check = (value) => typeof value === "string" && parseBareJid(value) !== undefined;
const isOneOf =
  (...allowed: readonly unknown[]): Check =>
  (value) =>
    allowed.includes(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const isObject =
  <Value>(checks: Checks<Value>): Check =>
  (value) =>
    typeof value === "object" &&
    value !== null &&
    Object.entries<Check>(checks).every(([name, check]) => check(Reflect.get(value, name)));

const isElement: Check = (value) =>
  isObject<Record<"name" | "attrs" | "children", unknown>>({
    name: isText,
    attrs: (attrs) =>
      typeof attrs === "object" && attrs !== null && Object.values(attrs).every(isText),
    children: isListOf((child) => isText(child) || isElement(child)),
  })(value);

const ENTRY: Checks<StoredEntry> = {
  id: isText,
  time: isTime,
  handledAt: isTime,
  from: isJid,
  conversation: isJid,
  room: optional(
    isObject({
      jid: isJid,
      nick: isText,
      established: isOneOf("presence", "archive", "device", "unknown"),
    }),
  ),
  direction: isOneOf("received", "sent"),
  origin: isOneOf("live", "carbon-sent", "carbon-received", "archive"),
  stanzaId: optional(isText),
  originId: optional(isText),
  archiveId: optional(isText),
  sentAt: optional(Number.isFinite),
  versions: isListOf(isOneOf(OMEMO_2, LEGACY)),
  device: isObject({ jid: isJid, deviceId: (id) => typeof id === "number" && isDeviceId(id) }),
  fingerprint: (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value),
  trust: isOneOf("undecided", "untrusted", "trusted"),
  content: isListOf(isElement),
  unprotected: isListOf(isElement),
  affixes: optional(
    isObject({ from: optional(isText), to: optional(isText), time: optional(Number.isFinite) }),
  ),
  warnings: isListOf(isOneOf("time", "refused-content")),
};

/** Whether this is what {@link encodeEntry} wrote. */
export function isStoredEntry(value: unknown): value is StoredEntry {
  return isObject(ENTRY)(value);
}
