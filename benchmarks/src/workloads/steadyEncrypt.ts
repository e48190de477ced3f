import { connectTwo, encryptOne } from "./connect.ts";
import type { Workload } from "./workload.ts";

/** Message after message to one device, without an answer. */
export const steadyEncrypt: Workload = {
  name: "steady encrypt",
  unit: "message",
  full: { operations: 2000, rounds: 9 },
  quick: { operations: 10, rounds: 1 },
  async prepare(candidate, operations) {
    const { local, peer } = await connectTwo(candidate);
    return async () => {
      const sender = local.copy();
      return async () => {
        for (let index = 0; index < operations; index += 1) await encryptOne(sender, peer.name);
      };
    };
  },
};
