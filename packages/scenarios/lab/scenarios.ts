import type { Pairing } from "./harness/pairing.js";
import type { Stage } from "./harness/stage.js";
import { killWhileReceiving } from "./scenarios/killWhileReceiving.js";
import { readArchive } from "./scenarios/readArchive.js";
import { readRoomArchive } from "./scenarios/readRoomArchive.js";
import { refillBundle } from "./scenarios/refillBundle.js";
import { replaceSessions } from "./scenarios/replaceSessions.js";
import { restartInTheMiddle } from "./scenarios/restartInTheMiddle.js";
import { sendBothWays } from "./scenarios/sendBothWays.js";
import { sendBurst } from "./scenarios/sendBurst.js";
import { speakInRoom } from "./scenarios/speakInRoom.js";
import { twoDevicesEach } from "./scenarios/twoDevicesEach.js";
import { writeToOffline } from "./scenarios/writeToOffline.js";

export interface Scenario {
  readonly name: string;
  readonly run: (stage: Stage) => Promise<void>;
  /** False for a pairing that cannot play it; `pairings.ts` says why for each. */
  readonly suits: (pairing: Pairing) => boolean;
}

const always = () => true;

/** Everything that two clients should be able to do with each other. */
export const scenarios: readonly Scenario[] = [
  { name: "send messages in both directions", run: sendBothWays, suits: always },
  {
    name: "speak in a room, with a member who is not in it",
    run: speakInRoom,
    suits: always,
  },
  { name: "write a first message to one who is offline", run: writeToOffline, suits: always },
  {
    name: "read from the archive what the account's other client was given",
    run: readArchive,
    suits: ({ left }) => left.readsArchives,
  },
  {
    name: "read from a room's archive what was said while one was away",
    run: readRoomArchive,
    suits: ({ left }) => left.readsArchives,
  },
  { name: "deliver each of 100 messages in a burst exactly once", run: sendBurst, suits: always },
  { name: "go on after either of them was killed", run: restartInTheMiddle, suits: always },
  {
    name: "lose and repeat nothing when ours is killed while receiving",
    run: killWhileReceiving,
    suits: ({ left, right }) => left.survivesKill || right.survivesKill,
  },
  { name: "reach both devices of either account", run: twoDevicesEach, suits: always },
  {
    name: "go on after the user replaced a session",
    run: replaceSessions,
    suits: ({ left, right }) => left.canReplaceSessions || right.canReplaceSessions,
  },
  {
    name: "keep a bundle full over 20 first contacts, without a used pre-key",
    run: refillBundle,
    suits: always,
  },
];
