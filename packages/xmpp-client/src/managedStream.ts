import type { Clock } from "@omemo/core";
import { toXmlElement } from "./element.js";
import type { Outbound } from "./outbound.js";
import type { XmppClient, XmppElement } from "./xmppClient.js";

const STREAM_MANAGEMENT = "urn:xmpp:sm:3";
/** As long as xmpp.js waits for a step of the negotiation, in ms. */
const DEADLINE = 2000;

/**
 * Holds stanzas from `online` until stream management is on, where the server offers it. xmpp.js
 * starts to count a few turns after it read `<enabled/>`, so what a server sends right behind it
 * can be acknowledged wrongly; ejabberd ends the stream over it.
 */
export function holdUntilManaged(client: XmppClient, stanzas: Outbound, clock: Clock): void {
  let isOffered = false;
  let settle = (): void => undefined;

  client.on("nonza", (nonza: XmppElement) => {
    if (nonza.name === "stream:features" || nonza.name === "features") {
      isOffered = toXmlElement(nonza).children.some(
        (child) =>
          typeof child !== "string" &&
          child.name === "sm" &&
          child.attrs.xmlns === STREAM_MANAGEMENT,
      );
    } else if (nonza.attrs.xmlns === STREAM_MANAGEMENT && isAnswer(nonza.name)) {
      // A turn later the client has read it too. What ends is what waits now: a refused resumption is
      // answered right before the new stream is online, whose own answer has yet to come.
      const answered = settle;
      void clock.sleep(0).then(() => answered());
    }
  });
  client.on("online", () => {
    settle();
    if (!isOffered || client.streamManagement?.enabled !== false) return;
    const over = new AbortController();
    const release = stanzas.hold();
    settle = () => {
      over.abort();
      release();
    };
    void clock.sleep(DEADLINE, over.signal).then(settle);
  });
  client.on("disconnect", () => settle());
}

function isAnswer(name: string): boolean {
  return name === "enabled" || name === "failed";
}
