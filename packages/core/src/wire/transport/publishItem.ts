import { OmemoError } from "../../domain/error.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import type { NodeOptions } from "../../ports/transport.js";
import { namespaces } from "../namespaces.js";
import { xml } from "../xml/element.js";
import { type FormFields, submitForm } from "./dataForm.js";
import { type IqCall, type IqReply, resultOf } from "./iq.js";
import { transportNamespaces } from "./namespaces.js";
import {
  configureNode,
  configureOnce,
  fieldsFor,
  hasOtherAccess,
  type ItemLimit,
  limitsFor,
} from "./nodeConfiguration.js";
import { refusal } from "./stanzaError.js";

/** One item on its way into a node. */
export interface Publication {
  readonly node: string;
  readonly itemId: string;
  readonly payload: XmlElement;
  readonly options: NodeOptions;
}

/** What publishing asks about the account, only when it has to know. */
export interface PublishingAccount {
  readonly iq: IqCall;
  /** Ids in the node now. */
  itemIds(node: string): Promise<readonly string[]>;
  /** Whether the server knows publish-options, which old ones ignore in silence [L-31]. */
  honoursOptions(): Promise<boolean>;
}

/** Refusals of a value: a lower limit may pass. */
const REFUSED_VALUE: readonly string[] = ["bad-request", "not-acceptable"];
/** Refusals of an option as such (ejabberd: `resource-constraint`, "Unknown field") [O2-39a]. */
const REFUSED_OPTION: readonly string[] = ["resource-constraint", "feature-not-implemented"];

/**
 * Publishes with publish-options. A node with another configuration is configured, then published
 * to once more [L-28, PEP-05]; a limit that the server does not take is lowered [O2-39a]; at last
 * the node is configured on its own and published to without options [L-29]. Any other refusal,
 * and a node that would lose another item, ends it with an error [L-30, PEP-14a].
 */
export async function publishItem(account: PublishingAccount, item: Publication): Promise<void> {
  if (!(await account.honoursOptions())) return publishConfigured(account, item);
  for (const limit of limitsFor(item.options)) {
    await refuseWhenFull(account, item, limit);
    const reply = await publishFitting(account.iq, item, fieldsFor(item.options, limit));
    if (reply.kind === "result") return;
    const { condition, pubsub } = reply.error;
    if (pubsub === "precondition-not-met" || REFUSED_OPTION.includes(condition)) break;
    if (!REFUSED_VALUE.includes(condition)) throw refusal(`publish to ${item.node}`, reply.error);
  }
  await publishConfigured(account, item);
}

/** With publish-options; where they do not fit, after configuring the node as its owner. */
async function publishFitting(iq: IqCall, item: Publication, fields: FormFields): Promise<IqReply> {
  const reply = await publishInCrowd(iq, publishRequest(item, fields));
  if (reply.kind === "result" || reply.error.pubsub !== "precondition-not-met") return reply;
  const configured = await configureOnce(iq, item.node, fields);
  return configured.kind === "result" ? iq(publishRequest(item, fields)) : reply;
}

/** How often a node is asked for that should have come into being. */
const ATTEMPTS = 5;
/** What ejabberd says when others make nodes in the same moment, of whatever account. */
const LOST_RACES: readonly string[] = ["item-not-found", "internal-server-error"];

/** Publishing makes a node that is not there; where that is lost in a crowd, asking again helps. */
async function publishInCrowd(iq: IqCall, request: XmlElement): Promise<IqReply> {
  let reply = await iq(request);
  for (let attempt = 2; attempt <= ATTEMPTS && isLost(reply); attempt += 1) {
    reply = await iq(request);
  }
  return reply;
}

function isLost(reply: IqReply): boolean {
  return reply.kind === "error" && LOST_RACES.includes(reply.error.condition);
}

/**
 * Without publish-options. The node is configured first, or the item would push another device's
 * out of it; only a node for one item may be configured afterwards [L-29].
 */
async function publishConfigured(account: PublishingAccount, item: Publication): Promise<void> {
  const { iq } = account;
  const before = await configureNode(iq, item.node, item.options);
  if (before.kind === "configured") {
    await refuseWhenFull(account, item, before.limit);
  } else if (item.options.maxItems === "max") {
    throw refusal(`make ${item.node} keep one item for each device`, before.error);
  }
  resultOf(await iq(publishRequest(item)), `publish to ${item.node}`);
  const after =
    before.kind === "configured" ? before : await configureNode(iq, item.node, item.options);
  if (after.kind === "error") throw refusal(`open ${item.node}, though published to`, after.error);
  // Some servers take the form and keep what their administrator wants.
  if (await hasOtherAccess(iq, item.node, item.options)) {
    throw new OmemoError(
      "transport-failure",
      `published to ${item.node}, but others may not be able to read it: the server keeps another access model`,
    );
  }
}

/** A full node drops its oldest item in silence: the bundle of another own device [O2-39g]. */
async function refuseWhenFull(
  account: PublishingAccount,
  item: Publication,
  limit: ItemLimit,
): Promise<void> {
  if (limit === undefined || limit === "max") return;
  const ids = await account.itemIds(item.node);
  if (ids.includes(item.itemId) || ids.length < Number(limit)) return;
  throw new OmemoError(
    "transport-failure",
    `cannot publish to ${item.node}: the server keeps ${limit} items there, and it is full. Remove devices you no longer use`,
  );
}

function publishRequest(item: Publication, fields?: FormFields): XmlElement {
  const publish = xml(
    "publish",
    { node: item.node },
    xml("item", { id: item.itemId }, item.payload),
  );
  const options =
    fields === undefined
      ? []
      : [xml("publish-options", {}, submitForm(transportNamespaces.publishOptions, fields))];
  return xml(
    "iq",
    { type: "set" },
    xml("pubsub", { xmlns: namespaces.pubsub }, publish, ...options),
  );
}
