import { connect } from "./connect.ts";
import { PLAINTEXT, type Workload, type WorkloadName } from "./workload.ts";

/** One key for many devices: all sessions are loaded, advanced and saved. */
export const fanOuts: readonly Workload[] = [
  fanOut("fan-out to 10", 10, 100),
  fanOut("fan-out to 100", 100, 10),
  fanOut("fan-out to 1000", 1000, 2),
];

function fanOut(name: WorkloadName, devices: number, repeats: number): Workload {
  return {
    name,
    unit: "device",
    full: { operations: devices * repeats, rounds: 9 },
    quick: { operations: Math.min(devices, 20), rounds: 1 },
    async prepare(candidate, operations) {
      const { local, peers } = await connect(candidate, Math.min(devices, operations));
      const names = peers.map((peer) => peer.name);
      return async () => {
        const sender = local.copy();
        return async () => {
          for (let sent = 0; sent < operations; sent += names.length) {
            await sender.encrypt(names, PLAINTEXT);
          }
        };
      };
    },
  };
}
