import {
  type BareJid,
  OmemoError,
  type Transport,
  type TransportEvent,
  type TransportListener,
} from "@omemo/core";
import { uncarryError } from "./carriedError.js";
import type { ToChild, ToParent, TransportMethod } from "./frames.js";

/** The transport of a child: requests go to the network's process, events come from there. */
export interface ChildTransport extends Transport {
  /** Takes a frame that belongs to the transport. */
  take(frame: Extract<ToChild, { readonly kind: "event" | "answer" | "error" }>): void;
  online(): Promise<void>;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: OmemoError): void;
}

export function childTransport(
  account: BareJid,
  post: (frame: ToParent) => Promise<void>,
): ChildTransport {
  const waiting = new Map<number, Waiting>();
  const listeners = new Set<TransportListener>();
  let requests = 0;
  let isOnline = false;
  let wake: () => void = () => {};
  const firstOnline = new Promise<void>((resolve) => {
    wake = resolve;
  });

  /** The type of the answer is the method's; what crosses is a structured clone of it. */
  const request = <Answer>(
    method: TransportMethod,
    given: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const id = ++requests;
      waiting.set(id, { resolve: (value) => resolve(value as Answer), reject });
      signal?.addEventListener("abort", () => reject(new OmemoError("aborted", "given up")));
      post({ kind: "request", id, method, given }).catch(reject);
    });
  const tell = (event: TransportEvent): void => {
    if (event.kind === "online" || event.kind === "resumed") isOnline = true;
    if (event.kind === "offline") isOnline = false;
    for (const listener of [...listeners]) listener(event);
    if (isOnline) wake();
  };
  return {
    account,
    get isOnline() {
      return isOnline;
    },
    online: () => firstOnline,
    take: (frame) => {
      if (frame.kind === "event") {
        tell(frame.event);
        return;
      }
      const caller = waiting.get(frame.id);
      waiting.delete(frame.id);
      if (frame.kind === "answer") caller?.resolve(frame.value);
      else caller?.reject(uncarryError(frame.error));
    },
    fetchItem: (owner, node, itemId, signal) => request("fetchItem", [owner, node, itemId], signal),
    fetchItemIds: (owner, node, signal) => request("fetchItemIds", [owner, node], signal),
    publishItem: (...given) => request("publishItem", given),
    retractItem: (...given) => request("retractItem", given),
    deleteNode: (...given) => request("deleteNode", given),
    fetchMembers: (room, signal) => request("fetchMembers", [room], signal),
    fetchFeatures: (entity, signal) => request("fetchFeatures", [entity], signal),
    fetchArchive: (query, signal) => request("fetchArchive", [query], signal),
    request: (asked, signal) => request("request", [asked], signal),
    // Nobody asks a child.
    serve: () => () => undefined,
    // On its way once the system has it, as with a socket; what was posted outlives us.
    send: (stanza) => post({ kind: "stanza", stanza }),
    listen: (interests, listener) => {
      listeners.add(listener);
      void post({ kind: "listen", interests });
      return () => listeners.delete(listener);
    },
  };
}
