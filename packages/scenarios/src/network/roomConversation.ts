import {
  bareJid,
  isOmemoError,
  LEGACY,
  OMEMO_2,
  type OmemoVersion,
  type XmlElement,
} from "@omemo/core";
import { enterRoom, leaveRoom } from "@omemo/core/wire";
import {
  CALM,
  EJABBERD,
  type MessageKeys,
  messageKeys,
  PROSODY,
  type Room,
  type SeededRandom,
  type Simulation,
  simulation,
} from "@omemo/testkit";
import type { BackendName } from "./backends.js";
import { crashInTroubles, type Troubles } from "./crashes.js";
import { deceive } from "./deceit.js";
import { checkInvariants } from "./invariants.js";
import { createLedger, type Ledger } from "./ledger.js";
import { createMember, type Member } from "./member.js";

export interface RoomConversationOptions {
  readonly seed: number;
  readonly backend: BackendName;
  readonly accounts: number;
  readonly messages: number;
  readonly replay: (seed: number) => string;
}

/** What happened, in numbers. */
export interface RoomConversationCounts {
  readonly sent: number;
  readonly refused: number;
  readonly delivered: number;
  readonly failures: number;
  readonly crashes: number;
  readonly crashesInCatchUp: number;
}

interface Hall {
  readonly world: Simulation;
  readonly ledger: Ledger;
  readonly dice: SeededRandom;
  readonly room: Room;
  readonly members: readonly Member[];
  /** Who entered and did not leave; enters again when its process died. */
  readonly inside: Set<Member>;
}

const ROOM = bareJid("room@muc.example.org");
const MINUTE = 60_000;
const DEVICES = 2;
/** Of each device: sixty of them die often enough. */
const MAX_LIVES = 2;
/** So few speak that a run stays short; everybody listens. */
const SPEAKERS = 6;

/**
 * Many accounts in one room: they come and go, become members and are put out, log in again and
 * die, while their server hides devices, invents some and shuffles the rest and the archive. The
 * invariants must hold.
 */
export async function converseInRoom(
  options: RoomConversationOptions,
): Promise<RoomConversationCounts> {
  const { seed, replay, messages } = options;
  const world = simulation({
    seed,
    replay: (value) => replay(Number(value)),
    profileOf: () => (seed % 2 === 0 ? PROSODY : EJABBERD),
  });
  const keys = messageKeys();
  const troubles: Troubles = { isOn: false, deathsInCatchUp: 0 };
  const hall = await open(world, options, keys, troubles);
  const { ledger, dice, members } = hall;
  const speakers = dice.shuffle(members).slice(0, SPEAKERS);
  troubles.isOn = true;
  for (let index = 0; index < messages; index += 1) {
    happen(hall);
    say(ledger, dice.pick(speakers));
    await world.runFor(dice.between([0, 5000]));
  }
  troubles.isOn = false;
  world.network.behaviour = {};
  await world.run(() => members.every((member) => member.manager() !== undefined));
  for (const member of members) enter(hall.inside, member);
  await world.runFor(10 * MINUTE);
  const quietSince = world.clock.now();
  await world.runFor(10 * MINUTE);
  const { log } = world.network;
  checkInvariants({ ledger, log, keys, quietSince, archiveOf: archivesOf(hall) });
  return {
    sent: ledger.sends.filter(({ sent }) => sent !== undefined).length,
    refused: ledger.sends.filter(({ error }) => error === "room-not-supported").length,
    delivered: ledger.deliveries.length,
    failures: ledger.failures.length,
    crashes: members.reduce((total, { device }) => total + device.lives - 1, 0),
    crashesInCatchUp: troubles.deathsInCatchUp,
  };
}

/** Whoever is in the room at the end has read its archive; everybody is there under his device. */
function archivesOf({ room }: Hall): (device: string) => readonly XmlElement[] {
  const occupants = room.occupants();
  const [reader] = occupants;
  if (reader === undefined) return () => [];
  const all = Number.POSITIVE_INFINITY;
  const { messages } = room.readArchive(reader.jid).page({ pageSize: all }, all);
  const stanzas = messages.map(({ stanza }) => stanza);
  const inside = new Set(occupants.map(({ nick }) => nick));
  return (device) => (inside.has(device) ? stanzas : []);
}

/** All are initialized; all but a few are members, and in the room. */
async function open(
  world: Simulation,
  { backend, accounts: count }: RoomConversationOptions,
  keys: MessageKeys,
  troubles: Troubles,
): Promise<Hall> {
  const ledger = createLedger();
  const dice = world.random.fork("room");
  const accounts = Array.from({ length: count }, (_, index) => `member-${index}@example.org`);
  world.network.faults = { ...CALM, latency: [1, 200] };
  const room = world.network.createRoom(ROOM, {});
  const inside = new Set<Member>();
  const members = accounts.flatMap((account, index) => {
    room.setAffiliation(bareJid(account), index === 0 ? "owner" : dice.pick(["admin", "member"]));
    return Array.from({ length: DEVICES }, (_, each) => {
      const name = `device-${each + 1}`;
      const crashes = crashInTroubles(dice.fork(`crash ${account} ${name}`), troubles, MAX_LIVES);
      const member = createMember(
        world,
        ledger,
        account,
        world.device(account, name, { crashes }),
        {
          versions: versionsOf(dice),
          backend,
          keys,
          preKeyCount: 20,
          layout: dice.chance(0.8) ? "separate" : "combined",
          onReady: () => {
            if (inside.has(member)) enter(inside, member);
          },
        },
      );
      return member;
    });
  });
  for (const member of members) member.start();
  await world.run(() => members.every((member) => member.manager() !== undefined));
  const hall = { world, ledger, dice, room, members, inside };
  for (const member of members) if (dice.chance(0.9)) enter(inside, member);
  await world.runFor(MINUTE);
  return hall;
}

function versionsOf(dice: SeededRandom): readonly OmemoVersion[] {
  if (dice.chance(0.7)) return [OMEMO_2, LEGACY];
  return dice.chance(0.5) ? [LEGACY] : [OMEMO_2];
}

/** Something of what happens in rooms. */
function happen(hall: Hall): void {
  const { world, ledger, dice, room, members, inside } = hall;
  const member = dice.pick(members);
  const jid = bareJid(member.account);
  switch (dice.below(6)) {
    case 0:
      enter(inside, member);
      return;
    case 1:
      inside.delete(member);
      send(member, leaveRoom(ROOM, member.device.name));
      return;
    case 2:
      room.setAffiliation(jid, dice.pick(["none", "outcast"]));
      return;
    case 3:
      room.setAffiliation(jid, dice.pick(["member", "admin"]));
      enter(inside, member);
      return;
    case 4:
      member.device.connection?.logOut();
      member.device.connection?.goOnline();
      world.clock.schedule(2000, () => enter(inside, member));
      return;
    default:
      world.network.behaviour = deceive(ledger, dice);
  }
}

/** Everybody is there under the name of his device. */
function enter(inside: Set<Member>, member: Member): void {
  inside.add(member);
  send(member, enterRoom(ROOM, member.device.name));
}

function send(member: Member, stanza: ReturnType<typeof enterRoom>): void {
  const { connection } = member.device;
  if (connection?.isOnline === true) connection.send(stanza).catch(() => undefined);
}

function say(ledger: Ledger, from: Member): void {
  const manager = from.manager();
  if (manager === undefined) return;
  const entry = ledger.begin(from.device.name, ROOM);
  manager.sendRoomMessage(ROOM, entry.text).then(
    (sent) => {
      entry.sent = sent;
    },
    (error: unknown) => {
      if (!isOmemoError(error)) throw error;
      entry.error = error.code;
    },
  );
}
