import { isOmemoError, type XmlElement } from "@omemo/core";
import {
  childOf,
  childrenOf,
  type IqCall,
  type IqReply,
  type QualifiedElement,
  textOf,
  transportNamespaces,
  xml,
} from "@omemo/core/wire";
import type { Described } from "./facts.js";

/** Answers; `undefined` for none, in time or at all. `offline` and `aborted` reject. */
export type Ask = (iq: XmlElement) => Promise<IqReply | undefined>;

/** What nobody answers is a fact about the server, and no failure of asking. */
export function asking(call: IqCall, signal: AbortSignal | undefined): Ask {
  return async (iq) => {
    try {
      return await call(iq, signal);
    } catch (error) {
      if (isOmemoError(error) && error.code === "transport-failure") return undefined;
      throw error;
    }
  };
}

/** Longest text of a server that is repeated. */
const MAX_TEXT = 64;
/** Services that are looked at. */
const MAX_SERVICES = 20;

/** The element of that name and namespace in a result; `undefined` for anything else. */
async function answerIn(
  ask: Ask,
  iq: XmlElement,
  [name, namespace]: readonly [string, string],
): Promise<QualifiedElement | undefined> {
  const reply = await ask(iq);
  return reply?.kind === "result" ? childOf(reply.stanza, name, namespace) : undefined;
}

function query(to: string | undefined, name: string, xmlns: string): XmlElement {
  return xml("iq", { type: "get", to }, xml(name, { xmlns }));
}

/** What an entity is and can do. */
export async function describeEntity(ask: Ask, jid: string): Promise<Described | undefined> {
  const { discoInfo, forms } = transportNamespaces;
  const info = await answerIn(ask, query(jid, "query", discoInfo), ["query", discoInfo]);
  if (info === undefined) return undefined;
  const fields = childrenOf(info, "x", forms).flatMap((form) => childrenOf(form, "field"));
  return {
    jid,
    identities: childrenOf(info, "identity").map(({ attrs }) => `${attrs.category}/${attrs.type}`),
    features: childrenOf(info, "feature").flatMap(({ attrs }) => attrs.var ?? []),
    fields: Object.fromEntries(
      fields.map((field) => [field.attrs.var ?? "", childrenOf(field, "value").map(textOf)]),
    ),
  };
}

/** The services that a server lists, as far as they answer. */
export async function describeServices(ask: Ask, domain: string): Promise<readonly Described[]> {
  const { discoItems } = transportNamespaces;
  const list = await answerIn(ask, query(domain, "query", discoItems), ["query", discoItems]);
  const items = list === undefined ? [] : childrenOf(list, "item");
  const jids = items.flatMap(({ attrs }) => attrs.jid ?? []).slice(0, MAX_SERVICES);
  const described = await Promise.all(jids.map((jid) => describeEntity(ask, jid)));
  return described.filter((service) => service !== undefined);
}

/** Name and version of the server's software (XEP-0092). */
export async function askSoftware(
  ask: Ask,
  domain: string,
): Promise<{ readonly name: string | undefined; readonly version: string | undefined }> {
  const namespace = "jabber:iq:version";
  const answer = await answerIn(ask, query(domain, "query", namespace), ["query", namespace]);
  const text = (name: string) => {
    const found = answer && childOf(answer, name);
    return (
      found &&
      textOf(found)
        .replace(/[^ -~]/g, "?")
        .slice(0, MAX_TEXT)
    );
  };
  return { name: text("name"), version: text("version") };
}

const ARCHIVED = ["always", "roster", "never"] as const;

/** What the account's archive keeps (XEP-0313 §7). */
export async function askArchived(
  ask: Ask,
  namespace: string,
): Promise<(typeof ARCHIVED)[number] | undefined> {
  const prefs = await answerIn(ask, query(undefined, "prefs", namespace), ["prefs", namespace]);
  return ARCHIVED.find((each) => each === prefs?.attrs.default);
}
