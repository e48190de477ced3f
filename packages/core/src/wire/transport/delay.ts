import { type BareJid, parseBareJid } from "../../domain/jid.js";
import { namespaces } from "../namespaces.js";
import { childrenOf, type QualifiedElement } from "../xml/qualify.js";
import { serverOf } from "./serverOf.js";

/** XEP-0082: a date and time with a zone. */
const STAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/** Ms since 1970 of a `<delay/>` or archive stamp; `undefined` when it is not a time. */
export function readStamp(stamp: string | undefined): number | undefined {
  if (stamp === undefined || !STAMP.test(stamp)) return undefined;
  const time = Date.parse(stamp);
  return Number.isNaN(time) ? undefined : time;
}

/** The stamp that the one who forwards put beside the message; exactly one, or none counts. */
export function forwardedAt(forwarded: QualifiedElement): number | undefined {
  const delays = childrenOf(forwarded, "delay", namespaces.delay);
  return delays.length === 1 ? readStamp(delays[0]?.attrs.stamp) : undefined;
}

/**
 * When a delayed live message was sent, as the own server, or the room it came through, says.
 * Anyone can write a `<delay/>`; those that name nobody or somebody else do not count (XEP-0203 §4).
 */
export function delayedAt(message: QualifiedElement, account: BareJid): number | undefined {
  const server = serverOf(account);
  const sender = parseBareJid(message.attrs.from ?? account);
  const isRoomMessage = message.attrs.type === "groupchat";
  const trusted = childrenOf(message, "delay", namespaces.delay).find((delay) => {
    const by = parseBareJid(delay.attrs.from ?? "");
    return by === server || by === account || (isRoomMessage && by !== undefined && by === sender);
  });
  return readStamp(trusted?.attrs.stamp);
}
