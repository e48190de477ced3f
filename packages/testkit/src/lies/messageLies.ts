import type { TransportMessage, XmlElement } from "@omemo/core";
import { freezeElement } from "../network/freezeElement.js";
import type { Addressee, ServerBehaviour } from "../network/serverBehaviour.js";
import type { SeededRandom } from "../random/seededRandom.js";

/** A server that changes messages on their way to a client, live ones, carbons and archived ones. */
export function tamper(change: (stanza: XmlElement, to: Addressee) => XmlElement): ServerBehaviour {
  const changed = (message: TransportMessage, to: Addressee): TransportMessage => ({
    ...message,
    stanza: freezeElement(change(message.stanza, to)),
  });
  return {
    push: (event, to) => [event.kind === "message" ? changed(event, to) : event],
    archive: (_query, by, page) => ({
      ...page,
      messages: page.messages.map((message) => changed(message, by)),
    }),
  };
}

/** A server that keeps messages back for ever, also from the archive. */
export function withhold(
  isWithheld: (stanza: XmlElement, to: Addressee) => boolean,
): ServerBehaviour {
  return {
    push: (event, to) => (event.kind === "message" && isWithheld(event.stanza, to) ? [] : [event]),
    archive: (_query, by, page) => ({
      ...page,
      messages: page.messages.filter(({ stanza }) => !isWithheld(stanza, by)),
    }),
  };
}

/** A server that sends old messages again: with each new one, one of the earlier ones by chance. */
export function replayOld(random: SeededRandom, chance: number): ServerBehaviour {
  const seen = new Map<string, TransportMessage[]>();
  return {
    push: (event, { account, resource }) => {
      if (event.kind !== "message") return [event];
      const name = `${account}/${resource}`;
      const earlier = seen.get(name) ?? [];
      const isReplayed = random.chance(chance) && earlier.length > 0;
      const events = isReplayed ? [event, random.pick(earlier)] : [event];
      seen.set(name, [...earlier, event]);
      return events;
    },
  };
}
