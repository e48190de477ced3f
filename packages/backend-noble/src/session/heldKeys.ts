import { equalBytes, type SessionPart } from "@omemo/core";
import { ByteReader, damagedSession } from "./byteReader.js";
import { ByteWriter, lengthOfNumber } from "./byteWriter.js";

/** Up to 32 skipped keys of one chain, with neighbouring counters: one part of 32 bytes a key. */
export interface HeldRun {
  readonly chainNumber: number;
  /** The first 8 bytes of the ratchet key. */
  readonly tag: Uint8Array;
  /** Counter of the first key. */
  readonly from: number;
  /** Bit n: the key of counter `from` + n is still held. */
  readonly bits: number;
}

/** Skipped keys on their way into storage. */
export interface SkippedKeys {
  readonly chainNumber: number;
  readonly ratchetKey: Uint8Array;
  readonly from: number;
  readonly seeds: readonly Uint8Array[];
}

/** A run, and the key in it that a message asks for. */
export interface FoundKey {
  readonly run: HeldRun;
  /** Position in the run. */
  readonly index: number;
}

const RUN_LENGTH = 32;
const SEED_LENGTH = 32;
const TAG_LENGTH = 8;

/** Name of the part that lists the runs of a state, oldest first. */
export function heldName(stateId: number): string {
  return `${stateId}-held`;
}

/** Name of the part with the keys of a run. */
export function runName(stateId: number, run: Pick<HeldRun, "chainNumber" | "from">): string {
  return `${stateId}-keys-${run.chainNumber}-${run.from}`;
}

export function encodeRuns(runs: readonly HeldRun[]): Uint8Array {
  const writer = new ByteWriter(runs.reduce((sum, run) => sum + runEntryLength(run), 0));
  for (const { chainNumber, tag, from, bits } of runs) {
    writer.number(chainNumber);
    writer.bytes(tag);
    writer.number(from);
    writer.number(bits);
  }
  return writer.finish();
}

function runEntryLength({ chainNumber, from, bits }: HeldRun): number {
  return lengthOfNumber(chainNumber) + TAG_LENGTH + lengthOfNumber(from) + lengthOfNumber(bits);
}

/** @throws OmemoError `store-failure`. */
export function decodeRuns(bytes: Uint8Array): readonly HeldRun[] {
  const reader = new ByteReader(bytes);
  const runs: HeldRun[] = [];
  while (!reader.isAtEnd) {
    runs.push({
      chainNumber: reader.number(),
      tag: reader.bytes(TAG_LENGTH),
      from: reader.number(),
      bits: reader.number(),
    });
  }
  return runs;
}

/** The key of that message, if it is held. */
export function findKey(
  runs: readonly HeldRun[],
  ratchetKey: Uint8Array,
  counter: number,
): FoundKey | undefined {
  const tag = ratchetKey.subarray(0, TAG_LENGTH);
  for (const run of runs) {
    const index = counter - run.from;
    const isHeld = index >= 0 && index < RUN_LENGTH && ((run.bits >>> index) & 1) === 1;
    if (isHeld && equalBytes(tag, run.tag)) return { run, index };
  }
  return undefined;
}

/** @throws OmemoError `store-failure` when the part is shorter than its run. */
export function seedAt(keys: Uint8Array, index: number): Uint8Array {
  const seed = keys.subarray(SEED_LENGTH * index, SEED_LENGTH * (index + 1));
  if (seed.length !== SEED_LENGTH) throw damagedSession();
  return seed;
}

/** The keys of a run without one of them. */
export function eraseSeed(keys: Uint8Array, index: number): Uint8Array {
  return keys.slice().fill(0, SEED_LENGTH * index, SEED_LENGTH * (index + 1));
}

/** The runs without one key; a run that has no other is gone. */
export function withoutKey(runs: readonly HeldRun[], { run, index }: FoundKey): readonly HeldRun[] {
  return runs
    .map((other) => (other === run ? { ...run, bits: (run.bits & ~(1 << index)) >>> 0 } : other))
    .filter(({ bits }) => bits !== 0);
}

/** Skipped keys as runs, with the parts that hold them. */
export function splitKeys(
  stateId: number,
  { chainNumber, ratchetKey, from, seeds }: SkippedKeys,
): readonly { readonly run: HeldRun; readonly part: SessionPart }[] {
  const tag = ratchetKey.slice(0, TAG_LENGTH);
  const split: { run: HeldRun; part: SessionPart }[] = [];
  for (let start = 0; start < seeds.length; start += RUN_LENGTH) {
    const group = seeds.slice(start, start + RUN_LENGTH);
    const value = new Uint8Array(group.length * SEED_LENGTH);
    group.forEach((seed, index) => {
      value.set(seed, index * SEED_LENGTH);
    });
    const bits = 2 ** group.length - 1;
    const run = { chainNumber, tag, from: from + start, bits };
    split.push({ run, part: { name: runName(stateId, run), value } });
  }
  return split;
}

/**
 * The runs with at most `limit` keys among those that `counts` says yes to: the oldest go first
 * [O2-59, W-83]. A key that is cut out of a run stays in its part, unused, until the run goes.
 */
export function evict(
  runs: readonly HeldRun[],
  limit: number,
  counts: (run: HeldRun) => boolean,
): readonly HeldRun[] {
  let excess = -limit;
  for (const run of runs) if (counts(run)) excess += countBits(run.bits);
  if (excess <= 0) return runs;
  return runs
    .map((run) => {
      let { bits } = run;
      for (; counts(run) && excess > 0 && bits !== 0; excess -= 1) bits = (bits & (bits - 1)) >>> 0;
      return { ...run, bits };
    })
    .filter(({ bits }) => bits !== 0);
}

function countBits(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest = (rest & (rest - 1)) >>> 0) count += 1;
  return count;
}
