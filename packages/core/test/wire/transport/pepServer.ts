import { type BareJid, bareJid } from "../../../src/domain/jid.js";
import type { XmlElement } from "../../../src/domain/xmlElement.js";
import { type FormFields, readForm } from "../../../src/wire/transport/dataForm.js";
import type { IqCall, IqReply } from "../../../src/wire/transport/iq.js";
import { transportNamespaces } from "../../../src/wire/transport/namespaces.js";
import { xml } from "../../../src/wire/xml/element.js";
import {
  childOf,
  elementsOf,
  type QualifiedElement,
  qualify,
} from "../../../src/wire/xml/qualify.js";

/** How servers differ from what XEP-0060 says. */
export interface Quirks {
  /** Does not know publish-options, does not announce them, and ignores them in silence. */
  readonly ignoresOptions?: boolean;
  /** Condition for `pubsub#max_items` among publish-options, whatever its value. */
  readonly refusesLimitOption?: string;
  /** Highest number for `pubsub#max_items`; such a server does not know `max`. */
  readonly highestLimit?: number;
  /** Condition for every owner request about configuration. */
  readonly refusesConfiguration?: string;
  /** Has no form to show, but takes one. */
  readonly hidesForm?: boolean;
  /** Says that preconditions are not met even when they are. */
  readonly isNeverSatisfied?: boolean;
  /** What nodes stay at, whatever is asked for. */
  readonly forcedAccess?: string;
  /** Condition for every publish request. */
  readonly refusesPublish?: string;
  /** Condition for disco#items. */
  readonly refusesDiscovery?: string;
  readonly offersFullPolicy?: boolean;
}

interface Node {
  config: Record<string, string>;
  items: { readonly id: string; readonly payload: XmlElement }[];
}

const DEFAULTS = {
  "pubsub#access_model": "presence",
  "pubsub#persist_items": "false",
  "pubsub#max_items": "1",
};

/** A PEP service of one account, and a log of what it was asked. */
export class PepServer {
  readonly account: BareJid = bareJid("juliet@example.org");
  readonly nodes: Map<string, Node> = new Map();
  readonly log: string[] = [];
  readonly #quirks: Quirks;

  constructor(quirks: Quirks = {}) {
    this.#quirks = quirks;
  }

  readonly iq: IqCall = async (stanza) => {
    const child = elementsOf(qualify(stanza))[0] as QualifiedElement;
    if (child.name === "query") return this.#discover(child);
    const request = elementsOf(child)[0] as QualifiedElement;
    const isOwner = child.namespace === transportNamespaces.pubsubOwner;
    this.log.push(`${stanza.attrs.type} ${request.name}`);
    if (isOwner) return this.#asOwner(request, stanza.attrs.type === "get");
    const answers: Record<string, () => IqReply> = {
      publish: () => this.#publish(child, request),
      create: () => this.#create(child, request),
      items: () => this.#items(request),
      retract: () => this.#retract(request),
    };
    return (answers[request.name] ?? (() => failure("bad-request")))();
  };

  /** Makes a node as somebody else left it. */
  put(node: string, config: Partial<typeof DEFAULTS>, ...ids: readonly string[]): void {
    const items = ids.map((id) => ({ id, payload: payload(id) }));
    this.nodes.set(node, { config: { ...DEFAULTS, ...config }, items });
  }

  config(node: string): Record<string, string> | undefined {
    return this.nodes.get(node)?.config;
  }

  ids(node: string): readonly string[] {
    return this.nodes.get(node)?.items.map(({ id }) => id) ?? [];
  }

  #discover(query: QualifiedElement): IqReply {
    const { node } = query.attrs;
    if (query.namespace === transportNamespaces.discoInfo) {
      const options = this.#quirks.ignoresOptions ? [] : [transportNamespaces.publishOptions];
      const features = ["http://jabber.org/protocol/pubsub", ...options];
      return result(
        xml(
          "query",
          { xmlns: query.namespace },
          ...features.map((name) => xml("feature", { var: name })),
        ),
      );
    }
    if (this.#quirks.refusesDiscovery !== undefined) return failure(this.#quirks.refusesDiscovery);
    if (!this.nodes.has(node ?? "")) return failure("item-not-found");
    const items = this.ids(node ?? "").map((id) => xml("item", { jid: this.account, name: id }));
    return result(xml("query", { xmlns: query.namespace, node }, ...items));
  }

  #asOwner(request: QualifiedElement, isGet: boolean): IqReply {
    const name = request.attrs.node ?? "";
    const node = this.nodes.get(name);
    if (request.name === "delete") {
      return this.nodes.delete(name) ? result() : failure("item-not-found");
    }
    if (this.#quirks.refusesConfiguration) return failure(this.#quirks.refusesConfiguration);
    if (node === undefined) return failure("item-not-found");
    if (!isGet) return this.#configure(node, readForm(request) ?? {});
    return this.#quirks.hidesForm
      ? failure("feature-not-implemented")
      : result(this.#form(name, node));
  }

  #form(name: string, node: Node): XmlElement {
    const full = this.#quirks.offersFullPolicy
      ? { "pubsub#publish_node_full": "retract-oldest" }
      : {};
    const fields = Object.entries({ "pubsub#title": "", ...full, ...node.config }).map(
      ([field, value]) =>
        xml("field", { var: field }, ...(value === "" ? [] : [xml("value", {}, value)])),
    );
    const form = xml("x", { xmlns: transportNamespaces.forms, type: "form" }, ...fields);
    const configure = xml("configure", { node: name }, form);
    return xml("pubsub", { xmlns: transportNamespaces.pubsubOwner }, configure);
  }

  #configure(node: Node, fields: FormFields): IqReply {
    const known = [
      ...Object.keys(DEFAULTS),
      ...(this.#quirks.offersFullPolicy ? ["pubsub#publish_node_full"] : []),
    ];
    if (Object.keys(fields).some((name) => !known.includes(name))) return failure("bad-request");
    if (!this.#takes(fields["pubsub#max_items"]?.[0])) return failure("bad-request");
    for (const [name, [value]] of Object.entries(fields)) node.config[name] = value ?? "";
    const { forcedAccess } = this.#quirks;
    if (forcedAccess !== undefined) node.config["pubsub#access_model"] = forcedAccess;
    return result();
  }

  #takes(limit: string | undefined): boolean {
    const { highestLimit } = this.#quirks;
    if (limit === undefined || highestLimit === undefined) return true;
    return limit !== "max" && Number(limit) <= highestLimit;
  }

  #create(pubsub: QualifiedElement, request: QualifiedElement): IqReply {
    if (this.#quirks.refusesConfiguration) return failure(this.#quirks.refusesConfiguration);
    const fields = readForm(childOf(pubsub, "configure") as QualifiedElement) ?? {};
    const node: Node = { config: { ...DEFAULTS }, items: [] };
    const reply = this.#configure(node, fields);
    if (reply.kind === "result") this.nodes.set(request.attrs.node ?? "", node);
    return reply;
  }

  #publish(pubsub: QualifiedElement, request: QualifiedElement): IqReply {
    if (this.#quirks.refusesPublish) return failure(this.#quirks.refusesPublish);
    const name = request.attrs.node ?? "";
    const options = childOf(pubsub, "publish-options");
    const wanted =
      options === undefined || this.#quirks.ignoresOptions ? {} : (readForm(options) ?? {});
    const refused = this.#refuseOptions(this.nodes.get(name), wanted);
    if (refused !== undefined) return refused;
    const node = this.nodes.get(name) ?? { config: { ...DEFAULTS }, items: [] };
    if (!this.nodes.has(name)) this.#configure(node, wanted);
    this.nodes.set(name, node);
    const item = elementsOf(request)[0] as QualifiedElement;
    const content = elementsOf(item)[0] as QualifiedElement;
    const others = node.items.filter(({ id }) => id !== item.attrs.id);
    const all = [...others, { id: item.attrs.id ?? "", payload: content.source }];
    const limit = Number(node.config["pubsub#max_items"]?.replace("max", "256"));
    node.items = all.slice(-limit);
    return result();
  }

  #refuseOptions(node: Node | undefined, wanted: FormFields): IqReply | undefined {
    if (Object.keys(wanted).length === 0) return undefined;
    const limit = wanted["pubsub#max_items"]?.[0];
    if (limit !== undefined && this.#quirks.refusesLimitOption) {
      return failure(this.#quirks.refusesLimitOption);
    }
    if (!this.#takes(limit)) return failure("bad-request");
    const fits = Object.entries(wanted).every(([name, [value]]) => node?.config[name] === value);
    if (node === undefined || (fits && !this.#quirks.isNeverSatisfied)) return undefined;
    return failure("conflict", "precondition-not-met");
  }

  #items(request: QualifiedElement): IqReply {
    const name = request.attrs.node ?? "";
    const node = this.nodes.get(name);
    if (node === undefined) return failure("item-not-found");
    const id = elementsOf(request)[0]?.attrs.id;
    const newest = Number(request.attrs.max_items ?? node.items.length);
    const chosen =
      id === undefined ? node.items.slice(-newest) : node.items.filter((item) => item.id === id);
    const items = chosen.map((item) => xml("item", { id: item.id }, item.payload));
    return result(
      xml(
        "pubsub",
        { xmlns: "http://jabber.org/protocol/pubsub" },
        xml("items", { node: name }, ...items),
      ),
    );
  }

  #retract(request: QualifiedElement): IqReply {
    const node = this.nodes.get(request.attrs.node ?? "");
    const id = elementsOf(request)[0]?.attrs.id;
    if (!node?.items.some((item) => item.id === id)) return failure("item-not-found");
    node.items = node.items.filter((item) => item.id !== id);
    return result();
  }
}

export function payload(content: string): XmlElement {
  return xml("x", { xmlns: "urn:example:payload" }, content);
}

export function result(...children: readonly XmlElement[]): IqReply {
  return { kind: "result", stanza: qualify(xml("iq", { type: "result" }, ...children)) };
}

export function failure(condition: string, pubsub?: string): IqReply {
  return { kind: "error", error: { condition, pubsub } };
}
