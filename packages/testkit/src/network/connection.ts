import {
  type ArchivePage,
  type ArchiveQuery,
  type BareJid,
  type Interests,
  type NodeOptions,
  type RequestHandler,
  type RequestName,
  type Transport,
  type TransportEvent,
  type TransportListener,
  type TransportRequest,
  toUtf8,
  type XmlElement,
} from "@omemo/core";
import { sentCarbon, serialize } from "@omemo/core/wire";
import { Answers } from "./answers.js";
import { Exchange } from "./exchange.js";
import type { Fabric } from "./fabric.js";
import { freezeElement } from "./freezeElement.js";
import { condition } from "./pepService.js";
import { offline, Requests, type ServerRequest } from "./requests.js";
import type { Occupant } from "./room.js";
import type { Addressee, Push } from "./serverBehaviour.js";
import { Stream, type StreamOptions } from "./stream.js";

/** A client of the simulated network: a `Transport`, and a hand on its plug. */
export interface SimulatedConnection extends Transport {
  readonly resource: string;
  /** The connection breaks, and stays down until `goOnline`; the stream can be resumed. */
  goOffline(): void;
  /** Ends the stream properly; the next one is new. */
  logOut(): void;
  /** Connects again, after {@link goOffline} or {@link logOut}. */
  goOnline(): void;
  /** The process is gone; the server notices only later. Nothing is heard of this connection again. */
  kill(): void;
  /** Who is in a room, real addresses included, as presence would have told. [MUC-06] */
  occupants(room: BareJid): readonly Occupant[];
}

/** One resource of one account. */
export class Connection implements SimulatedConnection {
  readonly account: BareJid;
  readonly resource: string;
  readonly #fabric: Fabric;
  readonly #address: Addressee;
  readonly #stream: Stream;
  readonly #requests: Requests;
  readonly #answers: Answers;
  readonly #exchange: Exchange;
  readonly #listeners: Set<{ interests: Interests; listener: TransportListener }> = new Set();

  constructor(fabric: Fabric, address: Addressee, options: StreamOptions) {
    this.account = address.account;
    this.resource = address.resource;
    this.#fabric = fabric;
    this.#address = address;
    this.#answers = new Answers(fabric);
    this.#exchange = new Exchange(address.account, (stanza) => this.send(stanza));
    this.#stream = new Stream(
      fabric,
      address,
      {
        interests: () => new Set([...this.#listeners].flatMap(({ interests }) => interests.nodes)),
        receive: (event) => this.#receive(event),
        changed: (kind) => {
          if (kind === "offline") {
            this.#requests.abandon();
            this.#exchange.abandon();
          }
          this.#tell({ kind });
        },
      },
      options,
    );
    this.#requests = new Requests(fabric, address, this.#stream);
    this.#stream.open();
  }

  get isOnline(): boolean {
    return this.#stream.isOnline;
  }

  goOffline(): void {
    this.#stream.break("unplugged", false);
  }

  logOut(): void {
    this.#stream.logOut();
  }

  goOnline(): void {
    this.#stream.open();
  }

  kill(): void {
    this.#stream.kill("killed");
    this.#listeners.clear();
    this.#exchange.clear();
  }

  occupants(room: BareJid): readonly Occupant[] {
    return this.#fabric.rooms.get(room)?.occupants() ?? [];
  }

  fetchItem(
    owner: BareJid,
    node: string,
    itemId?: string,
    signal?: AbortSignal,
  ): Promise<XmlElement | undefined> {
    const request = { by: this.#address, owner, node, itemId };
    const detail = `${owner} ${node} ${itemId ?? ""}`;
    return this.#fetch("fetchItem", owner, detail, signal, () => this.#answers.item(request));
  }

  fetchItemIds(owner: BareJid, node: string, signal?: AbortSignal): Promise<readonly string[]> {
    const request = { by: this.#address, owner, node };
    const perform = () => this.#answers.itemIds(request);
    return this.#fetch("fetchItemIds", owner, `${owner} ${node}`, signal, perform);
  }

  fetchMembers(room: BareJid, signal?: AbortSignal): Promise<readonly BareJid[]> {
    const perform = () => this.#answers.members(this.#address, room);
    return this.#fetch("fetchMembers", room, room, signal, perform);
  }

  fetchFeatures(entity: BareJid, signal?: AbortSignal): Promise<readonly string[]> {
    const perform = () => this.#answers.features(this.#address, entity);
    return this.#fetch("fetchFeatures", entity, entity, signal, perform);
  }

  fetchArchive(query: ArchiveQuery, signal?: AbortSignal): Promise<ArchivePage> {
    const archive = query.archive ?? this.account;
    const detail = `${archive} after ${query.after ?? "start"}`;
    const perform = () => this.#answers.archive(this.#address, query);
    return this.#fetch("fetchArchive", archive, detail, signal, perform);
  }

  async publishItem(
    node: string,
    itemId: string,
    payload: XmlElement,
    options: NodeOptions,
  ): Promise<void> {
    serialize(payload); // refuses what no stream could carry
    const content = freezeElement(payload);
    const perform = () => this.#answers.publish(this.#address, node, itemId, content, options);
    await this.#change("publishItem", `${node} ${itemId}`, perform, content);
  }

  retractItem(node: string, itemId: string): Promise<void> {
    const perform = () => this.#answers.retract(this.#address, node, itemId);
    return this.#change("retractItem", `${node} ${itemId}`, perform);
  }

  deleteNode(node: string): Promise<void> {
    return this.#change("deleteNode", node, () => this.#answers.deleteNode(this.#address, node));
  }

  request(request: TransportRequest, signal?: AbortSignal): Promise<XmlElement | undefined> {
    return this.#exchange.request(request, signal);
  }

  serve(name: RequestName, handler: RequestHandler): () => void {
    return this.#exchange.serve(name, handler);
  }

  async send(stanza: XmlElement): Promise<void> {
    const size = toUtf8(serialize(stanza)).length;
    const frozen = freezeElement(stanza);
    if (!this.isOnline) throw offline();
    this.#fabric.record(this.#address, "sent", frozen.name, "", frozen);
    if (size > this.#fabric.profileOf(this.account).maxStanzaSize) {
      this.#stream.break("policy-violation");
      throw condition("policy-violation", "the stanza is too long");
    }
    const { lossBeforeServer, lossAfterServer } = this.#fabric.faults;
    const isLostBefore = this.#fabric.losses.chance(lossBeforeServer);
    const isLostAfter = this.#fabric.losses.chance(lossAfterServer);
    if (isLostBefore) {
      this.#stream.break("lost before the server");
      throw offline();
    }
    this.#stream.send(frozen);
    if (!isLostAfter) return this.#copyToOthers(frozen);
    this.#stream.toServer(() => this.#stream.break("lost after the server"));
    await this.#requests.untilBroken();
  }

  listen(interests: Interests, listener: TransportListener): () => void {
    const subscription = { interests, listener };
    this.#listeners.add(subscription);
    this.#stream.announceInterests();
    return () => {
      this.#listeners.delete(subscription);
      this.#stream.announceInterests();
    };
  }

  #fetch<Answer>(
    kind: string,
    target: BareJid,
    detail: string,
    signal: AbortSignal | undefined,
    perform: () => Answer,
  ): Promise<Answer> {
    return this.#requests.ask({ kind, target, detail, signal, perform, changesSomething: false });
  }

  #change(kind: string, detail: string, perform: () => void, content?: XmlElement): Promise<void> {
    const request: ServerRequest<void> = {
      kind,
      target: this.account,
      detail,
      perform,
      changesSomething: true,
    };
    return this.#requests.ask(content === undefined ? request : { ...request, content });
  }

  #receive(event: Push): void {
    const { detail, stanza } = describe(event);
    this.#fabric.record(this.#address, "received", event.kind, detail, stanza);
    if (event.kind === "iq") this.#exchange.receive(event.stanza);
    else this.#tell(event);
  }

  /** Servers copy what is sent to other connections only. */
  #copyToOthers(stanza: XmlElement): void {
    const copy = this.#listeners.size > 1 ? sentCarbon(stanza, this.account) : undefined;
    if (copy !== undefined) this.#tell(copy);
  }

  #tell(event: TransportEvent): void {
    for (const { listener } of [...this.#listeners]) listener(event);
  }
}

function describe(event: Push): { readonly detail: string; readonly stanza?: XmlElement } {
  if (event.kind === "message") return { detail: event.origin, stanza: event.stanza };
  if (event.kind === "presence" || event.kind === "iq") return { detail: "", stanza: event.stanza };
  const detail = `${event.owner} ${event.node} ${event.itemId ?? ""}`;
  return event.payload === undefined ? { detail } : { detail, stanza: event.payload };
}
