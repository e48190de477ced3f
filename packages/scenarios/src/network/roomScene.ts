import type { OmemoVersion } from "@omemo/core";
import { LEGACY, OMEMO_2 } from "@omemo/core";
import type { Affiliation, Room, RoomOptions } from "@omemo/testkit";
import { type Guest, type GuestOptions, type Party, party } from "./party.js";

export const ROOM = "room@muc.example.org";
export const ALICE = "alice@example.org";
export const BOB = "bob@example.org";
export const CAROL = "carol@example.org";
export const DAVE = "dave@example.org";
export const VERSIONS: readonly (readonly [string, OmemoVersion])[] = [
  ["OMEMO 2", OMEMO_2],
  ["the legacy version", LEGACY],
];

/** Alice owns a room with Bob and Carol; Alice and Bob are in it, Carol is not. */
export interface RoomScene {
  readonly at: Party;
  readonly alice: Guest;
  readonly bob: Guest;
  readonly carol: Guest;
  readonly room: Room;
}

export async function roomScene(
  options: GuestOptions = {},
  roomOptions: RoomOptions = {},
  affiliations: Readonly<Record<string, Affiliation>> = {},
): Promise<RoomScene> {
  const at = party();
  const members = { [ALICE]: "owner", [BOB]: "member", [CAROL]: "admin" } as const;
  const room = at.world.network.createRoom(ROOM, { ...members, ...affiliations }, roomOptions);
  const alice = at.guest(ALICE, "phone", options);
  const bob = at.guest(BOB, "phone", options);
  const carol = at.guest(CAROL, "phone", options);
  await at.settle();
  await alice.enter(ROOM, "Ally");
  await bob.enter(ROOM, "Bobby");
  await at.settle();
  return { at, alice, bob, carol, room };
}

/** Says something in the room, and waits until all is quiet. */
export async function sayInRoom(
  { at }: Pick<RoomScene, "at">,
  from: Guest,
  text: string,
): ReturnType<Guest["manager"]["sendRoomMessage"]> {
  const sent = await at.world.complete(from.manager.sendRoomMessage(ROOM, text));
  await at.settle();
  return sent;
}

export function failuresOf(guest: Guest): readonly string[] {
  return guest.failures.map(({ reason }) => reason);
}

/** What a promise rejects with. */
export function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => error);
}
