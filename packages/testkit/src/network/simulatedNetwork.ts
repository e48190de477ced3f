import { type BareJid, bareJid } from "@omemo/core";
import type { Timeline } from "../clock/timeline.js";
import { type Seed, seededRandom } from "../random/seededRandom.js";
import type { Account } from "./account.js";
import { Connection, type SimulatedConnection } from "./connection.js";
import { Fabric } from "./fabric.js";
import { CALM, type NetworkFaults } from "./networkFaults.js";
import { pushLastItems } from "./pepEvents.js";
import { type Affiliation, Room, type RoomOptions } from "./room.js";
import type { ServerBehaviour } from "./serverBehaviour.js";
import { PROSODY, type ServerProfile } from "./serverProfile.js";
import type { StreamOptions } from "./stream.js";
import type { WireRecord } from "./wireLog.js";

/** What a network is made of. */
export interface NetworkOptions {
  readonly seed: Seed;
  /** A virtual clock for runs that repeat, `realTimeline()` for demonstrations. */
  readonly timeline: Timeline;
  /** Default: {@link CALM}. */
  readonly faults?: NetworkFaults;
  /** Default: honest servers. */
  readonly behaviour?: ServerBehaviour;
  /** The server of a domain. Default: {@link PROSODY} everywhere. */
  readonly profileOf?: (domain: string) => ServerProfile;
}

/** What a client does by itself; by default both. */
export type ConnectOptions = Partial<StreamOptions>;

/**
 * XMPP servers, accounts, rooms and the lines between them, in one process. Nothing happens but by
 * events of the timeline, and nothing is decided but by the seed.
 */
export interface SimulatedNetwork {
  /** Everything that crossed the wire, in order. */
  readonly log: readonly WireRecord[];
  /** What goes wrong from now on. */
  faults: NetworkFaults;
  /** How servers lie from now on. */
  behaviour: ServerBehaviour;
  /** The server's side of an account, made when it is new: nodes, archive, contacts. */
  account(jid: string): Account;
  /** Mutual presence subscription: each hears of the other's device lists. */
  befriend(a: string, b: string): void;
  /** Ends the subscription of both. */
  unfriend(a: string, b: string): void;
  /** A client that connects at once; making it a second time replaces the first. */
  connect(account: string, resource: string, options?: ConnectOptions): SimulatedConnection;
  /** Makes a room. */
  createRoom(
    jid: string,
    affiliations: Readonly<Record<string, Affiliation>>,
    options?: RoomOptions,
  ): Room;
  /** Cuts a server off from all others. */
  isolate(domain: string): void;
  /** Joins it again. */
  heal(domain: string): void;
}

/** An empty network. */
export function simulatedNetwork(options: NetworkOptions): SimulatedNetwork {
  const { seed, timeline, faults = CALM, behaviour = {}, profileOf = () => PROSODY } = options;
  const random = seededRandom(seed).fork("network");
  const fabric = new Fabric(timeline, random, faults, behaviour, profileOf);
  return {
    log: fabric.log,
    get faults() {
      return fabric.faults;
    },
    set faults(next) {
      fabric.faults = next;
    },
    get behaviour() {
      return fabric.behaviour;
    },
    set behaviour(next) {
      fabric.behaviour = next;
    },
    account: (jid) => fabric.account(bareJid(jid)),
    befriend: (a, b) => befriend(fabric, bareJid(a), bareJid(b)),
    unfriend: (a, b) => {
      fabric.account(bareJid(a)).contacts.delete(bareJid(b));
      fabric.account(bareJid(b)).contacts.delete(bareJid(a));
    },
    connect: (jid, resource, { reconnects = true, sendsPresence = true } = {}) => {
      const { jid: account } = fabric.account(bareJid(jid));
      return new Connection(fabric, { account, resource }, { reconnects, sendsPresence });
    },
    createRoom: (jid, affiliations, roomOptions = {}) => {
      const room = new Room(fabric, bareJid(jid), roomOptions);
      for (const [member, affiliation] of Object.entries(affiliations)) {
        room.setAffiliation(bareJid(member), affiliation);
      }
      fabric.rooms.set(room.jid, room);
      return room;
    },
    isolate: (domain) => fabric.isolate(domain, true),
    heal: (domain) => fabric.isolate(domain, false),
  };
}

function befriend(fabric: Fabric, a: BareJid, b: BareJid): void {
  for (const [jid, contact] of [
    [a, b],
    [b, a],
  ] as const) {
    const account = fabric.account(jid);
    account.contacts.add(contact);
    if (!fabric.profileOf(contact).pushesOnSubscription) continue;
    for (const session of account.available) {
      pushLastItems(fabric, session, session.interests, [contact]);
    }
  }
}
