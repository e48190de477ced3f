import type { Bundle } from "../candidates/candidate.ts";
import { encryptOne, peerName } from "./connect.ts";
import type { Workload } from "./workload.ts";

interface Stranger {
  readonly name: string;
  readonly bundle: Bundle;
}

/** From the bundle of a stranger to a saved session and the first message in it. */
export const setUp: Workload = {
  name: "set-up and first encrypt",
  unit: "session",
  full: { operations: 60, rounds: 9, warmUp: 12 },
  quick: { operations: 2, rounds: 1 },
  async prepare(candidate, operations) {
    return async () => {
      const strangers: Stranger[] = [];
      for (let index = 0; index < operations; index += 1) {
        const device = await candidate.createDevice();
        strangers.push({ name: peerName(index), bundle: await device.publish() });
      }
      const local = (await candidate.createDevice()).copy();
      return async () => {
        for (const { name, bundle } of strangers) {
          await local.start(name, bundle);
          await encryptOne(local, name);
        }
      };
    };
  },
};
