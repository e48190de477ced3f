/** What starts a generator: the same seed gives the same numbers on every machine. */
export type Seed = number | string;

/** A source of repeatable numbers. Never for keys outside tests. */
export interface SeededRandom {
  readonly seed: Seed;
  /** 32 unsigned bits. */
  next32(): number;
  /** From 0 up to but not including 1. */
  float(): number;
  /** A whole number from 0 up to but not including `limit`. */
  below(limit: number): number;
  /** A number between the two ends. */
  between(range: readonly [low: number, high: number]): number;
  /** Whether something with this probability happens; always takes one draw. */
  chance(probability: number): boolean;
  /** @throws RangeError when the list is empty. */
  pick<Item>(items: readonly Item[]): Item;
  /** A new array in another order. */
  shuffle<Item>(items: readonly Item[]): Item[];
  bytes(length: number): Uint8Array<ArrayBuffer>;
  /**
   * Another generator, fixed by this one's seed and the label alone: what one part of a run draws
   * does not move the numbers of another part.
   */
  fork(label: string): SeededRandom;
}

/** sfc32 (Chris Doty-Humphrey, public domain), seeded from the text of `seed`. */
export function seededRandom(seed: Seed): SeededRandom {
  const next32 = smallFastCounter(String(seed));
  const float = (): number => next32() / 0x1_0000_0000;
  const below = (limit: number): number => Math.floor(float() * limit);
  return {
    seed,
    next32,
    float,
    below,
    between: ([low, high]) => low + float() * (high - low),
    chance: (probability) => float() < probability,
    pick: (items) => {
      if (items.length === 0) throw new RangeError("nothing to pick from");
      return items[below(items.length)] as (typeof items)[number];
    },
    shuffle: (items) => shuffled(items, below),
    bytes: (length) => Uint8Array.from({ length }, () => next32() & 0xff),
    fork: (label) => seededRandom(`${seed}/${label}`),
  };
}

/** The random bytes that a backend asks for, from a seed. */
export function seededRandomBytes(seed: Seed): (length: number) => Uint8Array<ArrayBuffer> {
  return seededRandom(seed).bytes;
}

/** Fisher and Yates. */
function shuffled<Item>(items: readonly Item[], below: (limit: number) => number): Item[] {
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = below(last + 1);
    const kept = mixed[last] as Item;
    mixed[last] = mixed[other] as Item;
    mixed[other] = kept;
  }
  return mixed;
}

function smallFastCounter(seed: string): () => number {
  let a = hash(`a${seed}`);
  let b = hash(`b${seed}`);
  let c = hash(`c${seed}`);
  let counter = 1;
  const next = (): number => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + result;
    c |= 0;
    return result >>> 0;
  };
  for (let round = 0; round < 15; round += 1) next();
  return next;
}

/** FNV-1a over UTF-16 code units. */
function hash(text: string): number {
  let value = 0x811c_9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x0100_0193);
  }
  return value;
}
