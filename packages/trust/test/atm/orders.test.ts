import { type SeededRandom, seededRandom } from "@omemo/testkit";
import { expect, it } from "vitest";
import { type Bus, type BusDevice, createBus, type Parcel } from "./bus.js";

const ALICE = "alice@example.org";
const BOB = "bob@example.org";
const SEEDS = Math.ceil(Number(process.env.OMEMO_SEEDS ?? 12) * 0.16);
const FIRST = Number(process.env.OMEMO_FIRST_SEED ?? 0);
const NUMBERS = [1, 2, 3, 11, 12, 21];

/** Everything that the devices of a scene send while nothing arrives. */
async function decideAll(random: SeededRandom, bus: Bus, devices: readonly BusDevice[]) {
  for (const device of devices) device.isOffline = false;
  for (let count = 0; count < 25; count += 1) {
    const decider = random.pick(devices);
    const subject = random.pick(devices.filter((each) => each !== decider));
    const level = random.pick(["authenticated", "authenticated", "authenticated", "untrusted"]);
    await decider.decide(subject, level);
    // In between some arrives, so that devices speak that were authenticated by others.
    if (random.chance(0.3) && bus.parcels.length > 0) {
      await bus.deliver(random.pick(bus.parcels));
    }
  }
}

/** The decisions of an observer who hears the same in this order. */
async function observe(
  heard: readonly Parcel[],
  order: SeededRandom,
  restarts: boolean,
): Promise<readonly string[]> {
  const bus = createBus();
  bus.now += 1_000_000;
  const [observer, first, ...others] = NUMBERS.map((number) =>
    bus.device(accountOf(number), number),
  );
  if (observer === undefined || first === undefined) throw new Error("nobody is there");
  const parcels = order.shuffle([...heard, ...heard.filter(() => order.chance(0.2))]);
  const decideAt = order.below(parcels.length + 1);
  for (const [index, parcel] of parcels.entries()) {
    if (index === decideAt) await decideAsEver(bus, observer, first);
    await bus.deliver({ ...parcel, to: observer.identity });
    if (restarts && order.chance(0.2)) await observer.restart();
  }
  if (decideAt === parcels.length) await decideAsEver(bus, observer, first);
  return Promise.all([first, ...others].map((each) => observer.levelOf(each)));
}

/** At the same moment in every order: what else is decided depends on it. */
async function decideAsEver(bus: Bus, observer: BusDevice, first: BusDevice): Promise<void> {
  const { now } = bus;
  bus.now = 1_800_000_000_000;
  await observer.decide(first, "authenticated");
  bus.now = now;
}

function accountOf(number: number): string {
  if (number < 10) return ALICE;
  return number < 20 ? BOB : "carol@example.org";
}

it(`the same was said, so the same is decided, in every order of arrival: ${SEEDS} seeds [ATM-06, ATM-07, ATM-08, TM-07]`, {
  timeout: 3_600_000,
}, async () => {
  let authenticated = 0;
  for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) {
    const random = seededRandom(`orders ${seed}`);
    const bus = createBus();
    const devices = NUMBERS.map((number) => bus.device(accountOf(number), number));
    await decideAll(random, bus, devices);
    await bus.deliverAll((count) => random.below(count));
    const heard = bus.sent.filter(
      ({ to, from }) => to.jid === ALICE && from !== devices[0]?.identity,
    );
    const inOrder = await observe(heard, random.fork("one order"), false);
    for (const name of ["another", "a third"]) {
      const decisions = await observe(heard, random.fork(`${name} order`), true);
      expect(decisions, `seed ${seed}`).toEqual(inOrder);
    }
    authenticated += inOrder.filter((level) => level === "authenticated").length;
  }
  expect(authenticated).toBeGreaterThan(SEEDS);
});

/** Everybody hears of the comparisons of everybody else, in another order than they were made. */
async function meet(bus: Bus, random: SeededRandom, conflicts: "keep" | "follow") {
  const [phone, laptop, third] = [1, 2, 3].map((number) =>
    bus.device(ALICE, number, { conflicts }),
  );
  const others = [11, 12, 13, 21].map((number) => bus.device(accountOf(number), number));
  if (phone === undefined || laptop === undefined || third === undefined) throw new Error("nobody");
  const own = [phone, laptop, third];
  for (const one of own) {
    for (const other of own) if (one !== other) await one.decide(other, "authenticated");
  }
  const [bob, tablet, watch, carol] = others;
  if (bob === undefined || tablet === undefined) throw new Error("nobody");
  if (watch === undefined || carol === undefined) throw new Error("nobody");
  await bob.decide(phone, "authenticated");
  await phone.decide(bob, "authenticated");
  await bus.deliverAll((count) => random.below(count));
  return { own, others, phone, laptop, third, bob, tablet, watch, carol };
}

async function levelsOf(device: BusDevice, others: readonly BusDevice[]) {
  return Promise.all(others.map((each) => device.levelOf(each)));
}

it.each(["keep", "follow"] as const)(
  `two of our devices, and a third that restarts, decide the same in every order, conflicts: %s: ${SEEDS} seeds [ATM-01, ATM-03, ATM-09, TM-07]`,
  { timeout: 3_600_000 },
  async (conflicts) => {
    const seen = new Set<string>();
    for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) {
      const random = seededRandom(`own ${conflicts} ${seed}`);
      const bus = createBus();
      const { own, others, phone, laptop, third, bob, tablet, watch, carol } = await meet(
        bus,
        random,
        conflicts,
      );
      const subjects = conflicts === "follow" ? others : [bob, tablet, carol];
      for (let count = 0; count < 12; count += 1) {
        const subject = random.pick(subjects);
        // A decision by hand stays where it was made: of two about one key there would be two.
        const isPhones = conflicts === "follow" ? random.chance(0.5) : subject === bob;
        const decider = isPhones ? phone : laptop;
        await decider.decide(subject, random.pick(["authenticated", "untrusted"]));
        await bob.decide(watch, random.pick(["authenticated", "untrusted"]));
        if (random.chance(0.3)) await third.restart();
        if (random.chance(0.5) && bus.parcels.length > 0) {
          await bus.deliver(random.pick(bus.parcels));
        }
      }
      await bus.deliverAll((count) => random.below(count));
      await third.restart();
      const decisions = await Promise.all(own.map((device) => levelsOf(device, others)));
      expect(decisions[1], `seed ${seed}`).toEqual(decisions[0]);
      expect(decisions[2], `seed ${seed}`).toEqual(decisions[0]);
      for (const level of decisions.flat()) seen.add(level);
    }
    expect([...seen]).toEqual(expect.arrayContaining(["authenticated", "untrusted"]));
  },
);
