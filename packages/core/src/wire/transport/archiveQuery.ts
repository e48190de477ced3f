import { type BareJid, parseBareJid } from "../../domain/jid.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import type { ArchivePage, ArchiveQuery, TransportMessage } from "../../ports/transport.js";
import { namespaces } from "../namespaces.js";
import { detach } from "../xml/detach.js";
import { xml } from "../xml/element.js";
import { childOf, childrenOf, type QualifiedElement, qualify, textOf } from "../xml/qualify.js";
import { submitForm } from "./dataForm.js";
import { type IqReply, resultOf } from "./iq.js";
import { transportNamespaces } from "./namespaces.js";
import { unreadable } from "./stanzaError.js";
import { forwardedMessage } from "./unwrapMessage.js";

/** A query that is on its way: what makes a result of it one [MAM-01]. */
export interface OpenArchiveQuery {
  /** Must be unguessable, so that nobody else can answer. */
  readonly queryId: string;
  /** `undefined` for the own archive. */
  readonly archive: BareJid | undefined;
}

/** Asks for one page, oldest first [MAM-05]. */
export function archiveQuery(query: ArchiveQuery, queryId: string): XmlElement {
  const { start, end, after, before } = query;
  const form = submitForm(namespaces.archive, {
    ...(query.with === undefined ? {} : { with: [query.with] }),
    ...(start === undefined ? {} : { start: [new Date(start).toISOString()] }),
    ...(end === undefined ? {} : { end: [new Date(end).toISOString()] }),
  });
  const page = xml(
    "set",
    { xmlns: transportNamespaces.pages },
    xml("max", {}, String(query.pageSize)),
    ...(after === undefined ? [] : [xml("after", {}, after)]),
    ...(before === undefined ? [] : [xml("before", {}, ...(before === "" ? [] : [before]))]),
  );
  return xml(
    "iq",
    { type: "set", to: query.archive },
    xml("query", { xmlns: namespaces.archive, queryid: queryId }, form, page),
  );
}

/** The query that a stanza says it belongs to; `undefined` when it is no archive result. */
export function archiveQueryId(stanza: XmlElement): string | undefined {
  return resultIn(qualify(stanza))?.attrs.queryid;
}

/**
 * A message of the archive, when the stanza is a result of this query, sent by the archive that was
 * asked, and holds one message that belongs there: from or to the own account, or, in a room's
 * archive, from the room [MAM-01, MAM-02]. Only in a room's archive may `<x/>` of `muc#user` tell
 * the real sender [MAM-03].
 */
export function readArchiveResult(
  stanza: XmlElement,
  query: OpenArchiveQuery,
  account: BareJid,
): TransportMessage | undefined {
  const outer = qualify(stanza);
  const result = resultIn(outer);
  if (result?.attrs.queryid !== query.queryId || !isFromArchive(outer, query, account)) {
    return undefined;
  }
  const inner = forwardedMessage(result);
  const archiveId = result.attrs.id;
  if (inner === undefined || archiveId === undefined) return undefined;
  if (!belongsToArchive(inner.message, query.archive, account)) return undefined;
  return {
    kind: "message",
    origin: "archive",
    stanza: detach(inner.message),
    sentAt: inner.sentAt,
    archiveId,
  };
}

/** The page that the answer to the query ends; `messages` are its results in order of arrival. */
export function readArchiveFin(reply: IqReply, messages: readonly TransportMessage[]): ArchivePage {
  const iq = resultOf(reply, "read the archive");
  const fin = childOf(iq, "fin", namespaces.archive);
  if (fin === undefined) throw unreadable("read the archive");
  const page = childOf(fin, "set", transportNamespaces.pages);
  const first = page === undefined ? undefined : childOf(page, "first");
  const last = page === undefined ? undefined : childOf(page, "last");
  const { complete } = fin.attrs;
  return {
    messages,
    first: first === undefined ? messages[0]?.archiveId : textOf(first),
    last: last === undefined ? messages.at(-1)?.archiveId : textOf(last),
    isComplete: complete === "true" || complete === "1",
  };
}

function resultIn(message: QualifiedElement): QualifiedElement | undefined {
  if (message.name !== "message" || message.namespace !== namespaces.client) return undefined;
  const results = childrenOf(message, "result", namespaces.archive);
  return results.length === 1 ? results[0] : undefined;
}

function isFromArchive(
  outer: QualifiedElement,
  query: OpenArchiveQuery,
  account: BareJid,
): boolean {
  const { from } = outer.attrs;
  if (from === undefined) return query.archive === undefined;
  return !from.includes("/") && parseBareJid(from) === (query.archive ?? account);
}

/** From or to the own account, or, in a room's archive, from the room [MAM-02]. */
export function belongsToArchive(
  { attrs }: Pick<XmlElement, "attrs">,
  archive: BareJid | undefined,
  account: BareJid,
): boolean {
  const from = parseBareJid(attrs.from ?? "");
  if (archive !== undefined && archive !== account) return from === archive;
  return from === account || parseBareJid(attrs.to ?? "") === account;
}
