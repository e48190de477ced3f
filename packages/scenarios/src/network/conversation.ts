import { isOmemoError, LEGACY, OMEMO_2, type OmemoVersion, type XmlElement } from "@omemo/core";
import {
  CALM,
  CHAOTIC,
  EJABBERD,
  type MessageKeys,
  messageKeys,
  PROSODY,
  ROUGH,
  type SeededRandom,
  type Simulation,
  simulation,
  type WireRecord,
} from "@omemo/testkit";
import { requireSilentTrace } from "../secrets/requireSilence.js";
import type { DeviceStores } from "../stores/deviceStores.js";
import type { BackendName } from "./backends.js";
import { crashInTroubles, type Troubles } from "./crashes.js";
import { deceive } from "./deceit.js";
import { checkInvariants } from "./invariants.js";
import { createLedger, type Ledger, MARK } from "./ledger.js";
import { createMember, type Member } from "./member.js";

export interface ConversationOptions {
  readonly seed: number;
  readonly backend: BackendName;
  /** Texts that the members try to send while everything goes wrong. */
  readonly messages: number;
  readonly replay: (seed: number) => string;
  /** What the devices keep their state in. Default: simulated disks. */
  readonly stores?: DeviceStores;
}

/** What happened, in numbers. */
export interface ConversationCounts {
  readonly sent: number;
  readonly delivered: number;
  readonly redelivered: number;
  readonly failures: number;
  readonly crashes: number;
  readonly crashesInCatchUp: number;
}

export interface ConversationResult {
  readonly counts: ConversationCounts;
  /** Everything that crossed the wire. */
  readonly log: readonly WireRecord[];
}

const ACCOUNTS = ["alice", "bob", "carol", "dave"].map((name) => `${name}@example.org`);
const HOUR = 3_600_000;
const MAX_LIVES = 20;
const MANY = Number.POSITIVE_INFINITY;

/**
 * Four accounts with two or three devices each, both versions side by side, write to each other
 * over a rough network while their processes die at any await, in catch-up above all, and their
 * servers hide, invent and reorder devices and archive pages. Then everything is mended, and the
 * invariants of the design must hold.
 */
export async function converse(options: ConversationOptions): Promise<ConversationResult> {
  const { seed, replay } = options;
  const world = simulation({
    seed,
    replay: (value) => replay(Number(value)),
    profileOf: () => (seed % 2 === 0 ? PROSODY : EJABBERD),
  });
  const ledger = createLedger();
  const dice = world.random.fork("conversation");
  const troubles: Troubles = { isOn: false, deathsInCatchUp: 0 };
  const keys = messageKeys();
  const members = populate(world, ledger, dice, options, keys, troubles);
  await begin(world, members);
  world.network.faults = dice.pick([ROUGH, ROUGH, CHAOTIC]);
  troubles.isOn = true;
  await talk(world, ledger, members, dice, options.messages);
  troubles.isOn = false;
  world.network.faults = CALM;
  world.network.behaviour = {};
  await mend(world, members);
  await roundOfGreetings(world, ledger, members);
  const quietSince = world.clock.now();
  await world.runFor(HOUR);
  const { log } = world.network;
  const archives = new Map(ACCOUNTS.map((account) => [account, archived(world, account)]));
  const archiveOf = (device: string) => archives.get(device.split("/")[0] ?? "") ?? [];
  checkInvariants({ ledger, log, keys, quietSince, archiveOf });
  await checkTrace(world, members[seed % members.length] as Member);
  const counts = {
    sent: ledger.sends.filter(({ sent }) => sent !== undefined).length,
    delivered: ledger.deliveries.filter(({ isRedelivery }) => !isRedelivery).length,
    redelivered: ledger.deliveries.filter(({ isRedelivery }) => isRedelivery).length,
    failures: ledger.failures.length,
    crashes: members.reduce((total, { device }) => total + device.lives - 1, 0),
    crashesInCatchUp: troubles.deathsInCatchUp,
  };
  return { counts, log };
}

function populate(
  world: Simulation,
  ledger: Ledger,
  dice: SeededRandom,
  { backend, stores }: ConversationOptions,
  keys: MessageKeys,
  troubles: Troubles,
): readonly Member[] {
  for (const [index, account] of ACCOUNTS.entries()) {
    // Some know each other, and hear of new devices; the others have to ask.
    for (const other of ACCOUNTS.slice(index + 1)) {
      if (dice.chance(0.7)) world.network.befriend(account, other);
    }
  }
  return ACCOUNTS.flatMap((account) =>
    Array.from({ length: 2 + dice.below(2) }, (_, index) => {
      const name = `device-${index + 1}`;
      const device = world.device(account, name, {
        ...(stores !== undefined && { store: stores.forDevice(account) }),
        crashes: crashInTroubles(dice.fork(`crash ${account} ${name}`), troubles, MAX_LIVES),
      });
      return createMember(world, ledger, account, device, {
        versions: versionsOf(dice),
        backend,
        keys,
        preKeyCount: 40,
        layout: dice.chance(0.8) ? "separate" : "combined",
      });
    }),
  );
}

function versionsOf(dice: SeededRandom): readonly OmemoVersion[] {
  if (dice.chance(0.6)) return [OMEMO_2, LEGACY];
  return dice.chance(0.5) ? [LEGACY] : [OMEMO_2];
}

async function begin(world: Simulation, members: readonly Member[]): Promise<void> {
  for (const member of members) member.start();
  await world.run(() => members.every((member) => member.manager() !== undefined));
  await world.runFor(10_000);
}

async function talk(
  world: Simulation,
  ledger: Ledger,
  members: readonly Member[],
  dice: SeededRandom,
  messages: number,
): Promise<void> {
  for (let index = 0; index < messages; index += 1) {
    const from = dice.pick(members);
    const to = dice.pick(ACCOUNTS.filter((account) => account !== from.account));
    send(ledger, from, to);
    if (dice.chance(0.03)) dice.pick(members).device.connection?.goOffline();
    if (dice.chance(0.05)) dice.pick(members).device.connection?.goOnline();
    if (dice.chance(0.1)) world.network.behaviour = deceive(ledger, dice);
    if (dice.chance(0.1)) browse(dice.pick(members), dice);
    await world.runFor(dice.between([0, 4000]));
  }
}

function send(ledger: Ledger, from: Member, to: string): void {
  const manager = from.manager();
  if (manager === undefined) return;
  const entry = ledger.begin(from.device.name, to);
  manager.sendMessage(to, entry.text).then(
    (sent) => {
      entry.sent = sent;
    },
    (error: unknown) => {
      if (!isOmemoError(error)) throw error;
      entry.error = error.code;
      // An application that wants to be sure sends the same stanzas again [O2-117].
      if (error.unsent.length > 0) manager.resend(error.unsent).catch(() => undefined);
    },
  );
}

/** As somebody scrolls back: a page of the archive out of its turn. */
function browse(member: Member, dice: SeededRandom): void {
  const query = { before: "", pageSize: 1 + dice.below(20) };
  member
    .manager()
    ?.history.read(query)
    .catch((error: unknown) => {
      if (!isOmemoError(error)) throw error;
    });
}

/**
 * What a device would attach to a bug report tells no secret of its own (invariant 12). One device a
 * seed: to look through all of them would take a seventh of the time.
 */
async function checkTrace(world: Simulation, { device, trace }: Member): Promise<void> {
  const writing = trace()?.write();
  if (writing === undefined) throw new Error(`${device.name} keeps no trace`);
  const texts = [MARK, ...ACCOUNTS];
  requireSilentTrace(await world.complete(writing), { records: device.disk.records(), texts });
}

function archived({ network }: Simulation, account: string): readonly XmlElement[] {
  const page = network.account(account).archive.page({ pageSize: MANY }, MANY);
  return page.messages.map(({ stanza }) => stanza);
}

/** All processes run, all are online, and everything that was under way arrives. */
async function mend(world: Simulation, members: readonly Member[]): Promise<void> {
  for (const { device } of members) device.connection?.goOnline();
  await world.run(() => members.every((member) => member.manager() !== undefined));
  for (const { device } of members) device.connection?.goOnline();
  await world.runFor(HOUR);
}

/** After the storm everybody can write to everybody. */
async function roundOfGreetings(
  world: Simulation,
  ledger: Ledger,
  members: readonly Member[],
): Promise<void> {
  for (const from of members) {
    for (const to of ACCOUNTS) if (to !== from.account) send(ledger, from, to);
    await world.runFor(10_000);
  }
  await world.runFor(HOUR);
}
