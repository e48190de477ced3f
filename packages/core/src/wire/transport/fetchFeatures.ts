import type { BareJid } from "../../domain/jid.js";
import { childOf, childrenOf } from "../xml/qualify.js";
import { discoQuery } from "./discoQuery.js";
import { type IqCall, resultOf } from "./iq.js";
import { transportNamespaces } from "./namespaces.js";
import { unreadable } from "./stanzaError.js";

/** The features that an entity announces (XEP-0030 §3.1), for every adapter [MUC-01]. */
export async function fetchFeatures(
  iq: IqCall,
  entity: BareJid,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const action = `ask ${entity} what it is`;
  const result = resultOf(await iq(discoQuery("discoInfo", entity), signal), action);
  const query = childOf(result, "query", transportNamespaces.discoInfo);
  if (query === undefined) throw unreadable(action);
  return childrenOf(query, "feature").flatMap(({ attrs }) =>
    attrs.var === undefined ? [] : [attrs.var],
  );
}
