import { namespaces, transportNamespaces } from "@omemo/core/wire";
import { has, type ServerFacts } from "./facts.js";
import { fine, type Rule, unknown, wrong } from "./findings.js";

/** Devices of one account that a node for all their bundles has to hold at the least. */
const ENOUGH_ITEMS = 10;

/** Of the probe, where one was made and came to an end. */
function probed({ probe }: ServerFacts) {
  return typeof probe === "object" ? probe : undefined;
}

/** Device lists and bundles are items of the account [PEP-03, PEP-11, O2-190]. */
const pep: Rule = (facts) => {
  const { domain, account, server } = facts;
  const isAnnounced = [account, server].some((each) => each?.identities.includes("pubsub/pep"));
  const isUsable = probed(facts)?.publish !== undefined;
  if (isUsable || (isAnnounced && facts.probe === undefined)) {
    return fine("pep", "the account can publish items");
  }
  if (account === undefined && facts.probe === undefined) {
    return unknown("pep", "the account does not say what it can do");
  }
  const consequence = "OMEMO is impossible: device lists and keys have no place";
  return wrong("pep", "missing", domain, "the account cannot publish items", consequence);
};

/** Nodes come into being as they have to be, or nobody else can read them for a moment [PEP-04]. */
const publishOptions: Rule = (facts) => {
  const { account, domain } = facts;
  const outcome = probed(facts);
  if (outcome?.publish === "taken") return fine("publish-options", "options are taken with items");
  if (outcome === undefined && account === undefined) {
    return unknown("publish-options", "the account does not say what it can do");
  }
  const isAnnounced = has(account, transportNamespaces.publishOptions);
  if (outcome === undefined && isAnnounced) return fine("publish-options", "options are announced");
  const seen = "items cannot be published together with the configuration of their node";
  const consequence = "nodes are configured before or afterwards, which takes more requests";
  return wrong("publish-options", "poor", domain, seen, consequence);
};

/** Everybody who writes to the account has to read its list and bundles [PEP-10, O2-13, L-26]. */
const openAccess: Rule = (facts) => {
  const model = probed(facts)?.accessModel;
  if (model === undefined) {
    const isAnnounced = has(facts.account, `${namespaces.pubsub}#access-open`);
    return isAnnounced
      ? fine("open-access", "open nodes are announced")
      : unknown("open-access", "only a probe could tell whether nodes can be open");
  }
  if (model === "open") return fine("open-access", "nodes can be open to everybody");
  const seen = `a node that shall be open is made ${known(model)}`;
  const consequence = "nobody but your contacts, or nobody at all, can encrypt for you";
  return wrong("open-access", "missing", facts.domain, seen, consequence);
};

/** What is published has to be there tomorrow [PEP-10, PEP-11]. */
const persistentItems: Rule = (facts) => {
  const outcome = probed(facts);
  if (outcome === undefined) {
    const isAnnounced = has(facts.account, `${namespaces.pubsub}#persistent-items`);
    return isAnnounced
      ? fine("persistent-items", "items that stay are announced")
      : unknown("persistent-items", "only a probe could tell whether items stay");
  }
  if (outcome.isKept) return fine("persistent-items", "items stay");
  const consequence = "who asks for your keys gets none, and cannot write to you";
  const seen = "items are gone as soon as they were sent around";
  return wrong("persistent-items", "missing", facts.domain, seen, consequence);
};

/** OMEMO 2 keeps the bundles of all devices in one node [O2-39, O2-39a, PEP-12, PEP-14a]. */
const maxItems: Rule = (facts) => {
  const outcome = probed(facts);
  if (outcome === undefined) {
    const isAnnounced = has(facts.account, `${namespaces.pubsub}#config-node-max`);
    return isAnnounced
      ? fine("max-items", "nodes with as many items as possible are announced")
      : unknown("max-items", "only a probe could tell how many items a node keeps");
  }
  const { itemsKept, maxItems: said } = outcome;
  const limit = said === undefined || said === "max" ? undefined : Number(said);
  if (itemsKept < 2 || (limit !== undefined && limit < ENOUGH_ITEMS)) {
    const most = itemsKept < 2 ? 1 : limit;
    const seen = `a node keeps ${most === 1 ? "one item" : `${most} items`}`;
    const consequence = `in OMEMO 2 the account can have ${most === 1 ? "one device" : `${most} devices`}`;
    return wrong("max-items", "missing", facts.domain, seen, consequence);
  }
  const how = outcome.takesMaxAtOnce ? "" : ", though it is told so beforehand";
  return fine("max-items", `a node keeps ${limit ?? "as many items as it may"}${how}`);
};

const MODELS: readonly string[] = ["authorize", "open", "presence", "roster", "whitelist"];

/** What a server invents is not repeated. */
function known(model: string): string {
  return MODELS.includes(model) ? `"${model}"` : "something else";
}

/** What is asked of personal eventing (XEP-0163). */
export const checkItems: readonly Rule[] = [
  pep,
  publishOptions,
  openAccess,
  persistentItems,
  maxItems,
];
