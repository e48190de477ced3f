/** From which seed on: `OMEMO_FIRST_SEED`. */
export function firstSeed(): number {
  return Number(process.env.OMEMO_FIRST_SEED ?? 0);
}

/** How many seeds in all: `OMEMO_SEEDS`; CI runs a thousand, `npm test` a few. */
export function seedCount(): number {
  return Number(process.env.OMEMO_SEEDS ?? 8);
}

/** How many of them are run in a scene, or on a backend, that costs more than most. */
export function shareOfSeeds(share: number): number {
  return Math.ceil(seedCount() * share);
}
