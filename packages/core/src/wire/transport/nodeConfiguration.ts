import type { XmlElement } from "../../domain/xmlElement.js";
import type { NodeOptions } from "../../ports/transport.js";
import { namespaces } from "../namespaces.js";
import { xml } from "../xml/element.js";
import { childOf } from "../xml/qualify.js";
import { type FormFields, readForm, submitForm } from "./dataForm.js";
import type { IqCall, IqReply } from "./iq.js";
import { transportNamespaces } from "./namespaces.js";
import type { StanzaError } from "./stanzaError.js";

/** How many items a node is asked to keep: a fallback per step for servers without `max` [O2-39a]. */
export type ItemLimit = "max" | "1000" | "100" | "10" | undefined;

/** The limits to try, best first; a node for one item is asked for none, which only conflicts [L-26]. */
export function limitsFor(options: NodeOptions): readonly ItemLimit[] {
  return options.maxItems === "max" ? ["max", "1000", "100", "10"] : [undefined];
}

/** The fields that a node has to have, for publish-options and configuration alike [PEP-10]. */
export function fieldsFor(options: NodeOptions, limit: ItemLimit): FormFields {
  return {
    "pubsub#access_model": [options.access === "open" ? "open" : "whitelist"],
    "pubsub#persist_items": ["true"],
    ...(limit === undefined ? {} : { "pubsub#max_items": [limit] }),
  };
}

/** A node made to fit with this limit, or the last refusal. */
export type Configured =
  | { readonly kind: "configured"; readonly limit: ItemLimit }
  | { readonly kind: "error"; readonly error: StanzaError };

/** Makes a node fit with the first limit that the server takes, creating it when there is none. */
export async function configureNode(
  iq: IqCall,
  node: string,
  options: NodeOptions,
): Promise<Configured> {
  let refused: StanzaError | undefined;
  for (const limit of limitsFor(options)) {
    const fields = fieldsFor(options, limit);
    let reply = await configureOnce(iq, node, fields);
    if (reply.kind === "error" && reply.error.condition === "item-not-found") {
      reply = await iq(createNode(node, fields));
    }
    if (reply.kind === "result") return { kind: "configured", limit };
    refused = reply.error;
  }
  return { kind: "error", error: refused as StanzaError };
}

/** Fills in the form that the server offers [PEP-06]; without one, sends our fields alone [L-32]. */
export async function configureOnce(
  iq: IqCall,
  node: string,
  wanted: FormFields,
): Promise<IqReply> {
  const offer = await iq(configureRequest("get", node));
  if (offer.kind === "error" && offer.error.condition === "item-not-found") return offer;
  const offered = offeredFields(offer);
  if (offered !== undefined) {
    const filled = await iq(configureRequest("set", node, fillIn(offered, wanted)));
    if (filled.kind === "result") return filled;
  }
  return iq(configureRequest("set", node, wanted));
}

/** Whether the owner's form says that the node is open or closed otherwise than wanted. */
export async function hasOtherAccess(
  iq: IqCall,
  node: string,
  options: NodeOptions,
): Promise<boolean> {
  const field = "pubsub#access_model";
  const actual = offeredFields(await iq(configureRequest("get", node)))?.[field]?.[0];
  return actual !== undefined && actual !== fieldsFor(options, undefined)[field]?.[0];
}

function offeredFields(offer: IqReply): FormFields | undefined {
  if (offer.kind === "error") return undefined;
  const pubsub = childOf(offer.stanza, "pubsub", transportNamespaces.pubsubOwner);
  const configure = pubsub === undefined ? undefined : childOf(pubsub, "configure");
  return configure === undefined ? undefined : readForm(configure);
}

/** Servers refuse fields they do not offer. A full node must refuse, not drop an item [PEP-14a]. */
function fillIn(offered: FormFields, wanted: FormFields): FormFields {
  const limit = wanted["pubsub#max_items"]?.[0];
  const canFill = limit !== undefined && limit !== "max";
  const ours = canFill ? { ...wanted, "pubsub#publish_node_full": ["reject"] } : wanted;
  return Object.fromEntries(
    Object.entries(offered)
      .map(([name, values]) => [name, ours[name] ?? values] as const)
      .filter(([, values]) => values.length > 0),
  );
}

function configureRequest(type: "get" | "set", node: string, fields?: FormFields): XmlElement {
  const form = fields === undefined ? [] : [submitForm(transportNamespaces.nodeConfig, fields)];
  return xml(
    "iq",
    { type },
    xml("pubsub", { xmlns: transportNamespaces.pubsubOwner }, xml("configure", { node }, ...form)),
  );
}

function createNode(node: string, fields: FormFields): XmlElement {
  return xml(
    "iq",
    { type: "set" },
    xml(
      "pubsub",
      { xmlns: namespaces.pubsub },
      xml("create", { node }),
      xml("configure", {}, submitForm(transportNamespaces.nodeConfig, fields)),
    ),
  );
}
