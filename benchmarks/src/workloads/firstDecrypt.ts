import type { Envelope } from "../candidates/candidate.ts";
import { decryptOne, encryptOne, LOCAL, peerName } from "./connect.ts";
import type { Workload } from "./workload.ts";

interface Letter {
  readonly name: string;
  readonly envelope: Envelope;
}

/** The first message of a stranger: a new session, and one prekey less. */
export const firstDecrypt: Workload = {
  name: "first decrypt",
  unit: "session",
  full: { operations: 60, rounds: 9, warmUp: 12 },
  quick: { operations: 2, rounds: 1 },
  async prepare(candidate, operations) {
    return async () => {
      const receiver = await candidate.createDevice();
      const letters: Letter[] = [];
      for (let index = 0; index < operations; index += 1) {
        const stranger = await candidate.createDevice();
        await stranger.start(LOCAL, await receiver.publish());
        letters.push({ name: peerName(index), envelope: await encryptOne(stranger, LOCAL) });
      }
      const local = receiver.copy();
      return async () => {
        for (const { name, envelope } of letters) await decryptOne(local, name, envelope);
      };
    };
  },
};
