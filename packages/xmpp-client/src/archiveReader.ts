import type { TransportMessage, WebCrypto, XmlElement } from "@omemo/core";
import { type ArchivePage, type BareJid, OmemoError, type Transport } from "@omemo/core";
import {
  archiveQuery,
  archiveQueryId,
  type IqCall,
  type OpenArchiveQuery,
  readArchiveFin,
  readArchiveResult,
} from "@omemo/core/wire";
import { randomId } from "./randomId.js";

/** Pages of archives, put together from the messages that arrive while a query is open. */
export interface ArchiveReader {
  readonly fetch: Transport["fetchArchive"];
  /** Offers a message stanza: kept when it is a result of an open query [MAM-01]. */
  receive(stanza: XmlElement): void;
}

interface OpenPage {
  readonly query: OpenArchiveQuery;
  readonly pageSize: number;
  readonly messages: TransportMessage[];
}

/** Several queries may be open at once, on several archives. */
export function archiveReader(
  call: IqCall,
  { account, crypto }: { account(): BareJid; readonly crypto: WebCrypto },
): ArchiveReader {
  const open = new Map<string, OpenPage>();

  const fetch = async (
    query: Parameters<Transport["fetchArchive"]>[0],
    signal?: AbortSignal,
  ): Promise<ArchivePage> => {
    const queryId = randomId(crypto);
    const { archive, pageSize } = query;
    const page: OpenPage = { query: { queryId, archive }, pageSize, messages: [] };
    open.set(queryId, page);
    try {
      const reply = await call(archiveQuery(query, queryId), signal);
      if (page.messages.length > pageSize) {
        throw new OmemoError("transport-failure", "the archive sent more than was asked for");
      }
      return readArchiveFin(reply, page.messages);
    } finally {
      open.delete(queryId);
    }
  };

  return {
    fetch,
    receive: (stanza) => {
      const page = open.get(archiveQueryId(stanza) ?? "");
      // One too many proves the fault; what comes after it is not worth the memory.
      if (page === undefined || page.messages.length > page.pageSize) return;
      const message = readArchiveResult(stanza, page.query, account());
      if (message !== undefined) page.messages.push(message);
    },
  };
}
