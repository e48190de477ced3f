import type { Candidate, Device, Envelope } from "../candidates/candidate.ts";
import { connectTwo, decryptOne, encryptOne, LOCAL } from "./connect.ts";
import type { Workload } from "./workload.ts";

/** Ten less than what every candidate holds. */
const SKIPPED = 1990;

/** The one message that walks over all the others. */
export const jump: Workload = {
  name: "jump over 1990",
  unit: "message",
  full: { operations: 1, rounds: 9 },
  quick: { operations: 1, rounds: 1 },
  async prepare(candidate) {
    const { receiver, messages } = await prepareGap(candidate, 1);
    const last = messages.slice(SKIPPED);
    return async () => decryptAll(receiver.copy(), last);
  },
};

/** The conversation goes on, while the keys of the missing messages are held. */
export const nextMessage: Workload = {
  name: "next message, 1990 keys held",
  unit: "message",
  full: { operations: 300, rounds: 6 },
  quick: { operations: 2, rounds: 1 },
  async prepare(candidate, operations) {
    const { receiver, messages } = await prepareGap(candidate, 1 + operations);
    await decryptOne(receiver, LOCAL, messages[SKIPPED] as Envelope);
    const next = messages.slice(SKIPPED + 1);
    return async () => decryptAll(receiver.copy(), next);
  },
};

/** Missing messages arrive after all, one by one. */
export const lateMessage: Workload = {
  name: "late message, 1990 keys held",
  unit: "message",
  full: { operations: 300, rounds: 6 },
  quick: { operations: 2, rounds: 1 },
  async prepare(candidate, operations) {
    const { receiver, messages } = await prepareGap(candidate, 1);
    await decryptOne(receiver, LOCAL, messages[SKIPPED] as Envelope);
    const late = messages.slice(0, operations);
    return async () => decryptAll(receiver.copy(), late);
  },
};

interface Gap {
  /** Has seen none of the messages yet. */
  readonly receiver: Device;
  readonly messages: readonly Envelope[];
}

async function prepareGap(candidate: Candidate, more: number): Promise<Gap> {
  const { local, peer } = await connectTwo(candidate);
  const messages: Envelope[] = [];
  for (let index = 0; index < SKIPPED + more; index += 1) {
    messages.push(await encryptOne(local, peer.name));
  }
  return { receiver: peer.device, messages };
}

function decryptAll(receiver: Device, messages: readonly Envelope[]): () => Promise<void> {
  return async () => {
    for (const message of messages) await decryptOne(receiver, LOCAL, message);
  };
}
