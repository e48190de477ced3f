import { setTimeout } from "node:timers/promises";
import type { OmemoManager } from "@omemo/core";
import { childOf, elementsOf, enterRoom, qualify } from "@omemo/core/wire";
import { fromXmlElement, toXmlElement, type XmppClient } from "@omemo/xmpp-client";
import type { Client } from "@xmpp/client";
import type { Peer } from "./peer.js";

/** How long in ms a room may take to let us in and to say who its members are. */
const PATIENCE = 20_000;

/** Asks rooms to let us in, and waits until the manager knows their members. */
export function enterRooms(
  xmpp: Client,
  manager: Pick<OmemoManager, "getRoom" | "on">,
): Peer["enter"] {
  const stream: XmppClient = xmpp;
  return async (room, nick, history) => {
    if (manager.getRoom(room)?.nick === nick) return;
    const ended = new AbortController();
    const outcome = new Promise<void>((resolve, reject) => {
      const forget = manager.on("room", (change) => {
        if (change.room === room && change.info?.nick === nick) resolve();
      });
      const listen = (stanza: Parameters<typeof toXmlElement>[0]): void => {
        const reason = refusalIn(stanza, `${room}/${nick}`);
        if (reason !== undefined) reject(new Error(`${room} does not let us in: ${reason}`));
      };
      xmpp.on("stanza", listen);
      ended.signal.addEventListener("abort", () => {
        forget();
        xmpp.off("stanza", listen);
      });
    });
    const late = setTimeout(PATIENCE, undefined, { ref: false, signal: ended.signal }).then(() => {
      throw new Error(`${room} does not answer`);
    });
    late.catch(() => undefined); // also rejects when it is not waited for any more
    try {
      await stream.send(fromXmlElement(enterRoom(room, nick, history)));
      await Promise.race([outcome, late]);
    } finally {
      ended.abort();
    }
  };
}

function refusalIn(
  stanza: Parameters<typeof toXmlElement>[0],
  address: string,
): string | undefined {
  const { name, attrs } = stanza;
  if (name !== "presence" || attrs.type !== "error" || attrs.from !== address) return undefined;
  const error = childOf(qualify(toXmlElement(stanza)), "error");
  return (error && elementsOf(error)[0]?.name) ?? "refused";
}
