import type { Candidate, Device, Envelope } from "../candidates/candidate.ts";
import { PLAINTEXT } from "./workload.ts";

/** The name that peers know the local device under. */
export const LOCAL = "juliet@example.org";

export interface Connected {
  readonly local: Device;
  readonly peers: readonly Peer[];
}

export interface Peer {
  readonly name: string;
  readonly device: Device;
}

/** One device with a session to each peer, written in both directions and acknowledged. */
export async function connect(candidate: Candidate, count: number): Promise<Connected> {
  const local = await candidate.createDevice();
  const peers: Peer[] = [];
  for (let index = 0; index < count; index += 1) {
    const peer = { name: peerName(index), device: await candidate.createDevice() };
    await local.start(peer.name, await peer.device.publish());
    await tell(local, peer);
    await answer(local, peer);
    await tell(local, peer);
    peers.push(peer);
  }
  return { local, peers };
}

export function peerName(index: number): string {
  return `romeo${index}@example.net`;
}

/** The connection of one device with one other. */
export async function connectTwo(
  candidate: Candidate,
): Promise<{ readonly local: Device; readonly peer: Peer }> {
  const { local, peers } = await connect(candidate, 1);
  return { local, peer: peers[0] as Peer };
}

export async function encryptOne(device: Device, peer: string): Promise<Envelope> {
  const [envelope] = await device.encrypt([peer], PLAINTEXT);
  return envelope as Envelope;
}

/** @throws Error when a candidate that is fast is also wrong. */
export async function decryptOne(device: Device, peer: string, envelope: Envelope): Promise<void> {
  const plaintext = await device.decrypt(peer, envelope);
  if (Buffer.compare(plaintext, PLAINTEXT) !== 0) throw new Error("decrypted to something else");
}

async function tell(local: Device, { name, device }: Peer): Promise<void> {
  await decryptOne(device, LOCAL, await encryptOne(local, name));
}

async function answer(local: Device, { name, device }: Peer): Promise<void> {
  await decryptOne(local, name, await encryptOne(device, LOCAL));
}
