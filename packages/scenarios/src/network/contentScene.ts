import type { SendOptions, Sent, XmlElement } from "@omemo/core";
import { isMalformed, parseXml, serialize, xml } from "@omemo/core/wire";
import { type Guest, type GuestOptions, type Party, party } from "./party.js";

export const ALICE = "alice@example.org";
export const BOB = "bob@example.org";
export const BODY: XmlElement = xml("body", { xmlns: "jabber:client" }, "hello");
export const REPLACE: XmlElement = xml("replace", {
  xmlns: "urn:xmpp:message-correct:0",
  id: "1",
});
export const OOB: XmlElement = xml(
  "x",
  { xmlns: "jabber:x:oob" },
  xml("url", {}, "https://secret.example/"),
);

/** From its XML. */
export function element(text: string): XmlElement {
  const parsed = parseXml(text);
  if (isMalformed(parsed)) throw new Error(`not an element: ${parsed.reason}`);
  return parsed;
}

/** Messages that left an account, as they stood on the wire. */
export function sentBy({ world }: Party, account: string): readonly string[] {
  return world.network.log.flatMap(({ kind, direction, account: by, stanza }) => {
    const isOurs = kind === "message" && direction === "sent" && by === account;
    return isOurs && stanza ? [serialize(stanza)] : [];
  });
}

/** The server adds this to every message for Bob that is encrypted. */
export function addOutside(at: Party, ...added: readonly XmlElement[]): void {
  at.world.network.behaviour = {
    push: (event, to) => {
      const isMeant = event.kind === "message" && to.account === BOB;
      if (!isMeant || !serialize(event.stanza).includes("<payload")) return [event];
      const children = [...event.stanza.children, ...added];
      return [{ ...event, stanza: { ...event.stanza, children } }];
    },
  };
}

/** Alice and Bob, one device each. */
export interface ContentScene extends Party {
  readonly alice: Guest;
  readonly bob: Guest;
  /** From Alice to Bob; resolves when all is quiet. */
  send(content: readonly XmlElement[], options?: SendOptions): Promise<Sent>;
}

export async function contentScene(
  options: GuestOptions = {},
  bobs: GuestOptions = options,
): Promise<ContentScene> {
  const at = party();
  const alice = at.guest(ALICE, "phone", options);
  const bob = at.guest(BOB, "phone", bobs);
  await at.settle();
  return {
    ...at,
    alice,
    bob,
    send: async (content, sending = {}) => {
      const sent = await at.world.complete(alice.manager.sendContent(BOB, content, sending));
      await at.settle();
      return sent;
    },
  };
}
