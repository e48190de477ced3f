import { catchUpOnce, readAgainAfterLoss } from "./cases/archivedMessages.js";
import { readPagesBackwards, seeOwnMessagesOnce } from "./cases/archivePages.js";
import {
  firstBothAtOnce,
  firstFromTwo,
  firstMessage,
  firstToOffline,
} from "./cases/firstMessages.js";
import { loseBothSessions, loseSession, replaceByHand } from "./cases/lostSessions.js";
import { hearHeartbeat, leaveSilentDevice } from "./cases/silentDevices.js";
import type { LiveStage } from "./liveStage.js";

export interface Case {
  /** Ends in the ids of what it shows. */
  readonly name: string;
  run(stage: LiveStage): Promise<void>;
}

/** What a manager does that no peer has to be of another make for. */
export const cases: readonly Case[] = [
  {
    name: "takes one pre-key for a first message, and none for what follows [O2-125, L-54]",
    run: firstMessage,
  },
  { name: "starts a conversation from both ends at once [O2-122, L-79]", run: firstBothAtOnce },
  {
    name: "repeats its key exchange to one who is offline, who takes one pre-key for it [O2-113, O2-121, L-55]",
    run: firstToOffline,
  },
  {
    name: "reads both of two first messages to the same pre-key [O2-141, L-69, L-74a]",
    run: firstFromTwo,
  },
  { name: "reads what was archived, offline or both exactly once [MAM-07]", run: catchUpOnce },
  {
    name: "stays silent about an archive that it reads for a second time [O2-132]",
    run: readAgainAfterLoss,
  },
  {
    name: "reads pages of an archive from the newest to the oldest, and knows them again [MAM-05, O2-188]",
    run: readPagesBackwards,
  },
  {
    name: "shows what another own device sent once, as a carbon or from the archive [CARB-01, MAM-07]",
    run: seeOwnMessagesOnce,
  },
  { name: "builds the session anew that one side lost [O2-129, L-76]", run: loseSession },
  {
    name: "falls silent when both sides lost it, and goes on [O2-131, L-77]",
    run: loseBothSessions,
  },
  {
    name: "leaves out a device that stays silent, and takes it back [O2-172, O2-173]",
    run: leaveSilentDevice,
  },
  { name: "is not left out when it only listens [O2-139]", run: hearHeartbeat },
  { name: "goes on over a session that the user replaced [O2-146]", run: replaceByHand },
];
