import type { BareJid, XmlElement } from "@omemo/core";
import { serialize } from "@omemo/core/wire";

/** One thing that an observer of the network saw. */
export interface WireRecord {
  /** Virtual ms since 1970. */
  readonly at: number;
  readonly account: BareJid;
  readonly resource: string;
  /** `sent` left the client, whether or not it arrived; `received` reached the client. */
  readonly direction: "sent" | "received" | "state";
  /** `message`, `presence`, `item`, the name of a request or its answer, or the new state. */
  readonly kind: string;
  /** Node, item, archive: what the request was about. */
  readonly detail: string;
  readonly stanza?: XmlElement;
}

/** The log as text, one line a record: two runs are the same when these are. */
export function wireText(log: readonly WireRecord[]): string {
  return log.map(wireLine).join("\n");
}

/** One line. */
export function wireLine(record: WireRecord): string {
  const { at, account, resource, direction, kind, detail, stanza } = record;
  const time = new Date(at).toISOString();
  const content = stanza === undefined ? "" : serialize(stanza);
  return `${time} ${account}/${resource} ${direction} ${kind} ${detail} ${content}`.trimEnd();
}
