import { type BareJid, isOmemoError, type WebCrypto, type XmlElement } from "@omemo/core";
import {
  childOf,
  type IqCall,
  type IqReply,
  namespaces,
  type Pep,
  pepOverIq,
  readForm,
  submitForm,
  transportNamespaces,
  xml,
} from "@omemo/core/wire";
import { randomId } from "../randomId.js";
import type { Ask } from "./ask.js";
import type { ProbeOutcome } from "./facts.js";

/** What is probed with, and for whom. */
export interface ProbeSurroundings {
  readonly call: IqCall;
  readonly ask: Ask;
  readonly account: BareJid;
  readonly crypto: WebCrypto;
}

const PROBE = "urn:x-omemo:probe:0";
const payload: XmlElement = xml("probe", { xmlns: PROBE });
const OPEN = { "pubsub#access_model": ["open"], "pubsub#persist_items": ["true"] };
const MANY = { ...OPEN, "pubsub#max_items": ["max"] };

/**
 * Publishes to two nodes under names that nobody else has, looks at what becomes of it, and deletes
 * them. They hold nothing, and nobody is notified: nobody asked for them [O2-191, PEP-04, PEP-10].
 */
export async function probeItems(around: ProbeSurroundings): Promise<ProbeOutcome | "failed"> {
  const name = randomId(around.crypto);
  const [node, many] = [`${PROBE}:${name}:one`, `${PROBE}:${name}:many`];
  const pep = pepOverIq(around.call, () => around.account);
  try {
    const publish = await publishOne(around.ask, node);
    if (publish === undefined) return "failed";
    const form = await ownersForm(around.ask, node);
    return {
      publish,
      isKept: (await idsIn(pep, around.account, node)).length > 0,
      accessModel: form?.["pubsub#access_model"]?.[0],
      ...(await probeMany(around, pep, many)),
    };
  } finally {
    for (const each of [node, many]) await given(pep.deleteNode(each));
  }
}

async function publishOne(ask: Ask, node: string): Promise<ProbeOutcome["publish"] | undefined> {
  const reply = await ask(publishRequest(node, "one", OPEN));
  if (reply?.kind === "result") return "taken";
  const plain = await ask(publishRequest(node, "one"));
  if (plain?.kind !== "result") return undefined;
  const condition = reply?.error.pubsub;
  return condition === "precondition-not-met" ? condition : "refused";
}

/** By the way that bundles go, with all that is done for servers that lack something. */
async function probeMany(
  { ask, account }: ProbeSurroundings,
  pep: Pep,
  node: string,
): Promise<Pick<ProbeOutcome, "itemsKept" | "maxItems" | "takesMaxAtOnce">> {
  const first = await ask(publishRequest(node, "one", MANY));
  for (const id of ["one", "two"]) {
    await given(pep.publishItem(node, id, payload, { access: "open", maxItems: "max" }));
  }
  const form = await ownersForm(ask, node);
  return {
    itemsKept: (await idsIn(pep, account, node)).length,
    maxItems: form?.["pubsub#max_items"]?.[0],
    takesMaxAtOnce: first?.kind === "result",
  };
}

async function idsIn(pep: Pep, account: BareJid, node: string): Promise<readonly string[]> {
  return (await given(pep.fetchItemIds(account, node))) ?? [];
}

/** A refusal is what the probe is about: `undefined`. */
async function given<Value>(answer: Promise<Value>): Promise<Value | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isOmemoError(error) && error.code === "transport-failure") return undefined;
    throw error;
  }
}

async function ownersForm(ask: Ask, node: string): Promise<ReturnType<typeof readForm>> {
  const { pubsubOwner } = transportNamespaces;
  const reply: IqReply | undefined = await ask(
    xml("iq", { type: "get" }, xml("pubsub", { xmlns: pubsubOwner }, xml("configure", { node }))),
  );
  const pubsub = reply?.kind === "result" && childOf(reply.stanza, "pubsub", pubsubOwner);
  const configure = pubsub ? childOf(pubsub, "configure") : undefined;
  return configure && readForm(configure);
}

function publishRequest(node: string, id: string, options?: typeof OPEN): XmlElement {
  const form = options && submitForm(transportNamespaces.publishOptions, options);
  return xml(
    "iq",
    { type: "set" },
    xml(
      "pubsub",
      { xmlns: namespaces.pubsub },
      xml("publish", { node }, xml("item", { id }, payload)),
      ...(form === undefined ? [] : [xml("publish-options", {}, form)]),
    ),
  );
}
