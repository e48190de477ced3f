import type { Envelope } from "../candidates/candidate.ts";
import { connectTwo, decryptOne, encryptOne, LOCAL } from "./connect.ts";
import type { Workload } from "./workload.ts";

/** Message after message from one device, each loaded, opened and saved on its own. */
export const steadyDecrypt: Workload = {
  name: "steady decrypt",
  unit: "message",
  full: { operations: 2000, rounds: 9 },
  quick: { operations: 10, rounds: 1 },
  prepare: decryptInOrder,
};

/** What a device finds in its archive after a long absence. */
export const catchUp: Workload = {
  name: "catch-up of 10 000",
  unit: "message",
  full: { operations: 10_000, rounds: 3 },
  quick: { operations: 50, rounds: 1 },
  prepare: decryptInOrder,
};

async function decryptInOrder(
  ...[candidate, operations]: Parameters<Workload["prepare"]>
): ReturnType<Workload["prepare"]> {
  const { local, peer } = await connectTwo(candidate);
  const envelopes: Envelope[] = [];
  for (let index = 0; index < operations; index += 1) {
    envelopes.push(await encryptOne(local, peer.name));
  }
  return async () => {
    const receiver = peer.device.copy();
    return async () => {
      for (const envelope of envelopes) await decryptOne(receiver, LOCAL, envelope);
    };
  };
}
