import type { BareJid, XmlElement } from "@omemo/core";
import type { Timeline } from "../clock/timeline.js";
import type { SeededRandom } from "../random/seededRandom.js";
import { Account } from "./account.js";
import { Channel } from "./channel.js";
import type { NetworkFaults } from "./networkFaults.js";
import type { Room } from "./room.js";
import type { Addressee, ServerBehaviour } from "./serverBehaviour.js";
import type { ServerProfile } from "./serverProfile.js";
import type { WireRecord } from "./wireLog.js";

/** What all servers, rooms and connections of one network stand on. */
export class Fabric {
  readonly timeline: Timeline;
  readonly log: WireRecord[] = [];
  readonly accounts: Map<BareJid, Account> = new Map();
  readonly rooms: Map<BareJid, Room> = new Map();
  faults: NetworkFaults;
  behaviour: ServerBehaviour;
  /** Draws of their own for each purpose, so that one kind of fault does not move another. */
  readonly losses: SeededRandom;
  readonly requests: SeededRandom;
  readonly outages: SeededRandom;
  readonly #latencies: SeededRandom;
  readonly #profileOf: (domain: string) => ServerProfile;
  readonly #betweenServers: Map<string, Channel> = new Map();
  readonly #isolated: Set<string> = new Set();

  constructor(
    timeline: Timeline,
    random: SeededRandom,
    faults: NetworkFaults,
    behaviour: ServerBehaviour,
    profileOf: (domain: string) => ServerProfile,
  ) {
    this.timeline = timeline;
    this.faults = faults;
    this.behaviour = behaviour;
    this.losses = random.fork("losses");
    this.requests = random.fork("requests");
    this.outages = random.fork("outages");
    this.#latencies = random.fork("latencies");
    this.#profileOf = profileOf;
  }

  /** The account, made when it is new. */
  account(jid: BareJid): Account {
    const account = this.accounts.get(jid) ?? new Account(jid);
    this.accounts.set(jid, account);
    return account;
  }

  profileOf(jid: BareJid): ServerProfile {
    return this.#profileOf(domainOf(jid));
  }

  /** Ms that one hop takes. */
  latency(): number {
    const { latency, stall, stallChance } = this.faults;
    const usual = this.#latencies.between(latency);
    const extra = this.#latencies.chance(stallChance) ? this.#latencies.between(stall) : 0;
    return usual + extra;
  }

  losesOrder(): boolean {
    return this.losses.chance(this.faults.disorderChance);
  }

  /** One direction of a client's stream; only the way to the client may lose order. */
  channel(isToClient: boolean): Channel {
    const latency = () => this.latency();
    return isToClient
      ? new Channel(this.timeline, latency, () => this.losesOrder())
      : new Channel(this.timeline, latency);
  }

  /** Takes `action` from one account's server to another's; at once when it is the same. */
  carry(from: BareJid, to: BareJid, action: () => void): void {
    const [source, target] = [domainOf(from), domainOf(to)];
    if (source === target) {
      action();
      return;
    }
    const name = `${source} ${target}`;
    const channel = this.#betweenServers.get(name) ?? this.channel(false);
    this.#betweenServers.set(name, channel);
    channel.carry(action);
  }

  /** Cuts a server off from all others, or joins it again. */
  isolate(domain: string, isIsolated: boolean): void {
    if (isIsolated) this.#isolated.add(domain);
    else this.#isolated.delete(domain);
  }

  /** Whether the two servers can talk. */
  canReach(from: BareJid, to: BareJid): boolean {
    const [source, target] = [domainOf(from), domainOf(to)];
    return source === target || !(this.#isolated.has(source) || this.#isolated.has(target));
  }

  record(
    { account, resource }: Addressee,
    direction: WireRecord["direction"],
    kind: string,
    detail: string,
    stanza?: XmlElement,
  ): void {
    const at = this.timeline.now();
    const content = stanza === undefined ? {} : { stanza };
    this.log.push({ at, account, resource, direction, kind, detail, ...content });
  }
}

/** The server of an account or room. */
export function domainOf(jid: BareJid): string {
  return jid.slice(jid.indexOf("@") + 1);
}
