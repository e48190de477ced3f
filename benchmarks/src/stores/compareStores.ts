import { median, pairedRatio } from "../measuring/statistics.ts";
import { prepareCatchUp } from "./catchUpThrough.ts";
import { type Conversation, seal, startConversation } from "./conversation.ts";
import { prepareFanOut } from "./fanOutThrough.ts";
import { STORE_KINDS } from "./kinds/kinds.ts";
import { Stopwatch } from "./stopwatch.ts";
import type { StoreKind, StorePlace } from "./storeKind.ts";

/** How one store did, in milliseconds of wall time for the whole workload. */
export interface StoreResult {
  readonly store: string;
  readonly total: number;
  readonly read: number;
  readonly commit: number;
  /** What the store did after its commits had resolved; 0 where it puts nothing off. */
  readonly upkeep: number;
  readonly floor: number | undefined;
  /** The whole workload as a multiple of the same on `memoryStore`. */
  readonly ofMemory: number;
  /** The commits as a multiple of the floor. */
  readonly ofFloor: number | undefined;
  /** How often a cache asked the store behind it; `undefined` where there is none. */
  readonly innerReads: number | undefined;
}

export interface StoreReport {
  readonly fanOut: readonly StoreResult[];
  readonly catchUp: readonly StoreResult[];
  /** What was left out, and what to install for it. */
  readonly missing: readonly string[];
  readonly scale: StoreScale;
  /** The scale was tiny: it ran, and its figures mean nothing. */
  readonly quick: boolean;
}

export interface StoreScale {
  readonly devices: number;
  readonly fanOutRounds: number;
  readonly messages: number;
}

const FULL: StoreScale = { devices: 1000, fanOutRounds: 30, messages: 10_000 };
const QUICK: StoreScale = { devices: 5, fanOutRounds: 1, messages: 10 };

type Work = (watch: Stopwatch) => Promise<void>;

interface Entrant {
  readonly kind: StoreKind;
  readonly place: StorePlace;
  readonly work: Work;
  readonly watches: Stopwatch[];
  innerReads: number;
}

/** Every store that is there and whose name contains `only`, one workload after the other. */
export async function compareStores(quick: boolean, only: string): Promise<StoreReport> {
  const scale = quick ? QUICK : FULL;
  const conversation = await startConversation();
  const messages = await writeMessages(conversation, scale.messages);
  // The first is what all others are multiples of.
  const wanted = STORE_KINDS.filter(({ name }, index) => index === 0 || name.includes(only));
  const kinds = wanted.filter((kind) => kind.whyMissing() === undefined);
  const missing = wanted.flatMap((kind) => {
    const reason = kind.whyMissing();
    return reason === undefined ? [] : [`${kind.name}: ${reason}`];
  });
  for (const line of missing) console.error(`NOT MEASURED: ${line}`);
  const fanOut = await comparing("fan-out", kinds, scale.fanOutRounds, (place) =>
    prepareFanOut(conversation, place, scale.devices),
  );
  const catchUp = await comparing("catch-up", kinds, 1, (place) =>
    prepareCatchUp(conversation, place, messages),
  );
  return { fanOut, catchUp, missing, scale, quick };
}

async function writeMessages(
  { backend, sender }: Conversation,
  count: number,
): Promise<readonly Uint8Array[]> {
  const messages: Uint8Array[] = [];
  let head = sender;
  for (let index = 0; index < count; index += 1) {
    const [next, message] = await seal(backend, head);
    messages.push(message);
    head = next;
  }
  return messages;
}

/** In every round each store works once, in alternating order; half as many go before, unmeasured. */
async function comparing(
  workload: string,
  kinds: readonly StoreKind[],
  rounds: number,
  prepare: (place: StorePlace) => Promise<Work>,
): Promise<readonly StoreResult[]> {
  const entrants: Entrant[] = [];
  try {
    for (const kind of kinds) {
      const place = await kind.prepare();
      entrants.push({ kind, place, work: await prepare(place), watches: [], innerReads: 0 });
    }
    const unmeasured = Math.floor(rounds / 2);
    for (let round = -unmeasured; round < rounds; round += 1) {
      for (const entrant of round % 2 === 0 ? entrants : [...entrants].reverse()) {
        console.error(`${workload}, round ${round}: ${entrant.kind.name}`);
        await runOnce(entrant, round >= 0);
      }
    }
    return entrants.map((entrant) => resultOf(entrant, entrants[0] as Entrant));
  } finally {
    for (const { place } of entrants) await place.dispose();
  }
}

async function runOnce(entrant: Entrant, isMeasured: boolean): Promise<void> {
  const { place, work, watches } = entrant;
  const before = place.innerReads?.() ?? 0;
  const watch = new Stopwatch();
  globalThis.gc?.();
  await work(watch);
  if (!isMeasured) return;
  watches.push(watch);
  entrant.innerReads += (place.innerReads?.() ?? 0) - before;
}

function resultOf({ kind, place, watches, innerReads }: Entrant, memory: Entrant): StoreResult {
  const commits = watches.map((watch) => watch.of("commit"));
  const floors = watches.map((watch) => watch.of("floor"));
  const hasFloor = place.floor !== undefined;
  return {
    store: kind.name,
    total: median(watches.map((watch) => watch.total)),
    read: median(watches.map((watch) => watch.of("read"))),
    commit: median(commits),
    upkeep: median(watches.map((watch) => watch.of("upkeep"))),
    floor: hasFloor ? median(floors) : undefined,
    ofMemory: pairedRatio(
      watches.map((watch) => watch.total),
      memory.watches.map((watch) => watch.total),
    ),
    ofFloor: hasFloor ? pairedRatio(commits, floors) : undefined,
    innerReads: place.innerReads && innerReads,
  };
}
