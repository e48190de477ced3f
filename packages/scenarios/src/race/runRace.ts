import { bareJid } from "@omemo/core";
import { chatFromChild, chatFromPeers } from "../processes/chat.js";
import { checkRun, describeTroubles, unreadOn } from "../processes/checkRun.js";
import { type ChildDevice, type DeviceProgram, startChild } from "../processes/childDevice.js";
import { FRIEND, startFriends } from "../processes/friends.js";
import { createHub, type Hub } from "../processes/hub.js";
import type { Peer } from "../processes/peer.js";
import type { PersistentStore } from "../stores/testedStore.js";

export interface RaceOptions {
  readonly store: PersistentStore;
  readonly seed: string;
  /** Processes that share one account, one device and one store. */
  readonly processes: number;
  /** Texts that each process sends, and each of the two peers. */
  readonly messages: number;
  readonly program: DeviceProgram;
}

/** What happened, in numbers. */
export interface RaceCounts {
  readonly sent: number;
  readonly delivered: number;
  /** Commits at which another process was faster. */
  readonly conflicts: number;
  /** Texts sent and received by the racing processes. */
  readonly messagesPerSecond: number;
}

const RACER = bareJid("juliet@example.org");

/**
 * Several processes on one account and device, each with a connection of its own, start at once,
 * and all send and receive at once. Everybody must read everything once (invariant 9).
 *
 * @throws Error that names the store.
 */
export async function runRace(options: RaceOptions): Promise<RaceCounts> {
  const { store, seed } = options;
  const place = await store.prepare();
  const hub = createHub(seed, [RACER, FRIEND]);
  const racers: ChildDevice[] = [];
  try {
    const peers = await startFriends(hub);
    racers.push(...startRacers(hub, options, place.location));
    await hub.until("all processes to start", () => racers.every(({ isReady }) => isReady));
    const start = performance.now();
    await race(hub, racers, peers, options.messages);
    const seconds = (performance.now() - start) / 1000;
    for (const racer of racers) racer.finish();
    await Promise.all(racers.map(({ ended }) => ended));
    for (const peer of peers) await peer.close();
    checkRun(hub);
    return countWhatHappened(hub, racers, seconds);
  } catch (error) {
    throw new Error(`race over ${store.name}: ${error}${describeTroubles(hub)}`, { cause: error });
  } finally {
    for (const racer of racers) racer.kill();
    await Promise.all(racers.map(({ ended }) => ended));
    await place.dispose();
  }
}

function startRacers(
  hub: Hub,
  { store, program, processes }: RaceOptions,
  location: string,
): readonly ChildDevice[] {
  const config = { store: store.name, location, account: RACER, doom: undefined };
  return Array.from({ length: processes }, (_, index) =>
    startChild(hub, { program, config, resource: `tab-${index + 1}`, life: index }),
  );
}

async function race(
  hub: Hub,
  racers: readonly ChildDevice[],
  peers: readonly Peer[],
  messages: number,
): Promise<void> {
  const countdown = (): (() => boolean) => {
    let left = messages;
    return () => {
      left -= 1;
      return left < 0;
    };
  };
  await Promise.all([
    ...racers.map((racer) => chatFromChild(hub, racer, FRIEND, countdown())),
    chatFromPeers(hub, peers, RACER, countdown),
  ]);
  const { ledger } = hub;
  await hub.until("every text to be read", () => {
    return ledger.sends.every((entry) => unreadOn(ledger, entry).length === 0);
  });
}

function countWhatHappened(
  { ledger: { sends, deliveries } }: Hub,
  racers: readonly ChildDevice[],
  seconds: number,
): RaceCounts {
  const sent = sends.filter((entry) => entry.sent !== undefined).length;
  return {
    sent,
    delivered: deliveries.length,
    conflicts: racers.reduce((total, { conflicts }) => total + conflicts, 0),
    messagesPerSecond: Math.round(sent / seconds),
  };
}
