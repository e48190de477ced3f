import { type BareJid, parseBareJid } from "../../domain/jid.js";
import { readDateTime } from "../dateTime.js";
import { namespaces } from "../namespaces.js";
import { childrenOf, type QualifiedElement } from "../xml/qualify.js";
import { serverOf } from "./serverOf.js";

const timeOf = (stamp: string | undefined): number | undefined =>
  stamp === undefined ? undefined : readDateTime(stamp);

/** The stamp that the one who forwards put beside the message; exactly one, or none counts. */
export function forwardedAt(forwarded: QualifiedElement): number | undefined {
  const delays = childrenOf(forwarded, "delay", namespaces.delay);
  return delays.length === 1 ? timeOf(delays[0]?.attrs.stamp) : undefined;
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
  return timeOf(trusted?.attrs.stamp);
}
