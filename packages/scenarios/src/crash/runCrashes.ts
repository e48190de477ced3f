import { bareJid } from "@omemo/core";
import { seededRandom } from "@omemo/testkit";
import { chatFromChild, chatFromPeers } from "../processes/chat.js";
import { checkRun, describeTroubles } from "../processes/checkRun.js";
import { type DeviceProgram, startChild } from "../processes/childDevice.js";
import { type Doom, describeDoom, drawDoom } from "../processes/doom.js";
import { FRIEND, startFriends } from "../processes/friends.js";
import { createHub, type Hub } from "../processes/hub.js";
import type { PersistentStore } from "../stores/testedStore.js";

export interface CrashOptions {
  readonly store: PersistentStore;
  readonly seed: string;
  readonly kills: number;
  readonly program: DeviceProgram;
}

/** What happened, in numbers. */
export interface CrashCounts {
  readonly sent: number;
  readonly delivered: number;
  readonly redelivered: number;
}

const VICTIM = bareJid("juliet@example.org");

/**
 * A device whose process is killed again and again while it and two devices of its friend write to
 * each other. At the end everything has arrived once, and no message key was used twice.
 *
 * @throws Error that names the seed and the last kill, and how to see it again.
 */
export async function runCrashes(options: CrashOptions): Promise<CrashCounts> {
  const { store, seed, kills } = options;
  const place = await store.prepare();
  const hub = createHub(seed, [VICTIM, FRIEND]);
  const stage: Stage = { ...options, hub, location: place.location };
  let progress = "before the first kill";
  try {
    const peers = await startFriends(hub);
    let isOver = false;
    const chatting = chatFromPeers(hub, peers, VICTIM, () => () => isOver);
    chatting.catch(hub.fail);
    const random = seededRandom(seed);
    for (let life = 0; life < kills; life += 1) {
      const doom = drawDoom(random.fork(`kill ${life}`));
      progress = `kill ${life}: ${describeDoom(doom)}`;
      await dieInTheMiddle(stage, life, doom);
      await store.verify?.(place.location);
    }
    progress = `after the last of ${kills} kills`;
    isOver = true;
    await liveToTheEnd(stage, kills, chatting);
    for (const peer of peers) await peer.close();
    checkRun(hub);
  } catch (error) {
    const again = `pnpm test:crash --store ${store.name} --seed ${seed} --kills ${kills}`;
    throw new Error(`${progress}: ${error}${describeTroubles(hub)}\n  see it again: ${again}`, {
      cause: error,
    });
  } finally {
    await place.dispose();
  }
  return countWhatHappened(hub);
}

interface Stage extends CrashOptions {
  readonly hub: Hub;
  readonly location: string;
}

/** One process from start to violent death. */
async function dieInTheMiddle(stage: Stage, life: number, doom: Doom): Promise<void> {
  const { hub } = stage;
  const child = start(stage, life, doom);
  try {
    await chatFromChild(hub, child, FRIEND, () => false);
  } finally {
    child.kill();
  }
  const signal = await child.ended;
  if (signal !== "SIGKILL") throw new Error(`the process ended by itself, with ${signal}`);
}

/** The last process deals with everything that was left, and ends by itself. */
async function liveToTheEnd(stage: Stage, life: number, chatting: Promise<unknown>): Promise<void> {
  const child = start(stage, life, undefined);
  try {
    await chatting;
    await stage.hub.until("the last process to start", () => child.isReady);
    child.finish();
    await child.ended;
  } finally {
    child.kill();
  }
}

function start({ hub, program, store, location }: Stage, life: number, doom: Doom | undefined) {
  const config = { store: store.name, location, account: VICTIM, doom };
  return startChild(hub, { program, config, resource: "phone", life });
}

function countWhatHappened({ ledger: { sends, deliveries } }: Hub): CrashCounts {
  return {
    sent: sends.filter(({ sent }) => sent !== undefined).length,
    delivered: deliveries.filter(({ isRedelivery }) => !isRedelivery).length,
    redelivered: deliveries.filter(({ isRedelivery }) => isRedelivery).length,
  };
}
