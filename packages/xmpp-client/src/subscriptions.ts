import type { Interests, TransportEvent, TransportListener } from "@omemo/core";

/** Who listens, and to what; independent of how often the stream comes and goes. */
export interface Subscriptions {
  add(interests: Interests, listener: TransportListener): () => void;
  /** Of all listeners together. */
  interests(): readonly Interests[];
  /** Tells all listeners, one after another; one that throws keeps none of the others from it. */
  tell(event: TransportEvent): void;
}

/** `changed` is called after the interests did; `report` gets what a listener threw. */
export function subscriptions(
  changed: () => void,
  report: (error: unknown) => void,
): Subscriptions {
  const all = new Set<{ readonly interests: Interests; readonly listener: TransportListener }>();
  return {
    add: (interests, listener) => {
      const subscription = { interests, listener };
      all.add(subscription);
      changed();
      return () => {
        if (all.delete(subscription)) changed();
      };
    },
    interests: () => [...all].map(({ interests }) => interests),
    tell: (event) => {
      for (const { listener } of [...all]) {
        try {
          listener(event);
        } catch (error) {
          report(error);
        }
      }
    },
  };
}
