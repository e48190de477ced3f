import type { Known } from "./recordCache.js";

/** What was asked of the inner store, by name; `undefined`: there is no record. */
export type Answer = ReadonlyMap<string, Known | undefined>;

/** A question to the inner store that is under way. */
export interface Reading {
  readonly answer: Promise<Answer>;
}

/** What is under way for one record. */
interface Lane {
  calls: number;
  /** Set while it is alone. */
  reading: Reading | undefined;
  isDisturbed: boolean;
}

/**
 * What is under way between the cache and the inner store. Answers may overtake one another, and
 * then nobody can tell which is the newer one. So there is one rule: **what a call learned about a
 * record is kept only if no other call for that record was under way meanwhile.** Reads that begin
 * while nothing but a read is under way join it instead.
 */
export class Traffic {
  readonly #lanes = new Map<string, Lane>();

  /** The question to wait for instead of asking again. */
  readingOf(name: string): Reading | undefined {
    return this.#lanes.get(name)?.reading;
  }

  beginRead(name: string, reading: Reading): void {
    const lane = this.#enter(name);
    if (!lane.isDisturbed) lane.reading = reading;
  }

  beginWrite(name: string): void {
    this.#enter(name);
  }

  /** Answers whether what the call learned may be kept. */
  end(name: string): boolean {
    const lane = this.#lanes.get(name);
    if (lane === undefined) return false;
    lane.calls -= 1;
    if (lane.calls === 0) this.#lanes.delete(name);
    return !lane.isDisturbed;
  }

  /** What is under way for this record may be out of date before it is there. */
  distrust(name: string): void {
    const lane = this.#lanes.get(name);
    if (lane === undefined) return;
    lane.isDisturbed = true;
    lane.reading = undefined;
  }

  distrustAll(): void {
    for (const name of this.#lanes.keys()) this.distrust(name);
  }

  #enter(name: string): Lane {
    const lane = this.#lanes.get(name) ?? { calls: 0, reading: undefined, isDisturbed: false };
    this.#lanes.set(name, lane);
    lane.calls += 1;
    if (lane.calls > 1) this.distrust(name);
    return lane;
  }
}
