import { connectTwo, decryptOne, encryptOne, LOCAL } from "./connect.ts";
import type { Workload } from "./workload.ts";

/** A conversation: every message turns the ratchet, and is encrypted and decrypted. */
export const pingPong: Workload = {
  name: "ping-pong",
  unit: "message",
  full: { operations: 200, rounds: 9, warmUp: 6 },
  quick: { operations: 4, rounds: 1 },
  async prepare(candidate, operations) {
    const connected = await connectTwo(candidate);
    const { name } = connected.peer;
    return async () => {
      const [local, peer] = [connected.local.copy(), connected.peer.device.copy()];
      return async () => {
        for (let index = 0; index < operations; index += 2) {
          await decryptOne(peer, LOCAL, await encryptOne(local, name));
          await decryptOne(local, name, await encryptOne(peer, LOCAL));
        }
      };
    };
  },
};
