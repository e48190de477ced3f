import type { TransportMessage, XmlElement } from "@omemo/core";
import { fromBase64, toBase64 } from "@omemo/core/wire";
import type { Stage } from "../stage/stage.js";

/** A server that changes or repeats messages achieves nothing. */
export async function refuseForgeries({ narrator, alice, bob }: Stage): Promise<void> {
  narrator.chapter("Somebody at the server tampers");
  const phone = bob.device("phone");
  const text = "Trust only what you can verify.";
  narrator.tell(`Alice's phone → Bob    "${text}"`);
  narrator.tell("On the way one bit is changed; then the true message follows, twice.");
  phone.wire.tamper((message) => [withFlippedBit(message), message, message]);
  await alice.device("phone").send(bob.address, text);

  const refusal = await phone.refused.next(({ from }) => from === alice.address);
  narrator.check(`The changed message is refused: ${refusal?.reason}`, refusal !== undefined);
  await phone.reads(text);
  phone.wire.tamper();
  const farewell = "That was all.";
  narrator.tell(`Alice's phone → Bob    "${farewell}"`);
  await alice.device("phone").send(bob.address, farewell);
  const last = await phone.reads(farewell);
  const readings = phone.read.all.filter(({ body }) => body === text).length;
  narrator.check("The true one is read, once, and what follows it too", readings === 1 && !!last);
  narrator.check("Nothing else was refused", phone.refused.all.length === 1);
}

/** The same message with the lowest bit of the first byte of its payload inverted. */
function withFlippedBit(message: TransportMessage): TransportMessage {
  return { ...message, stanza: inPayload(message.stanza) };
}

function inPayload(element: XmlElement): XmlElement {
  const children = element.children.map((child) => {
    if (typeof child !== "string") return inPayload(child);
    return element.name === "payload" ? flip(child) : child;
  });
  return { ...element, children };
}

function flip(base64: string): string {
  const bytes = fromBase64(base64);
  if (bytes === undefined) return base64;
  return toBase64(bytes.map((byte, index) => (index === 0 ? byte ^ 1 : byte)));
}
