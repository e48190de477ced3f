import type { Cancel, Timeline } from "../clock/timeline.js";

/** One direction of one stream: what goes in comes out later, in order. */
export class Channel {
  readonly #timeline: Timeline;
  readonly #latency: () => number;
  readonly #losesOrder: () => boolean;
  readonly #underWay: Set<Cancel> = new Set();
  #lastArrival = 0;
  /** Nothing overtakes what was carried first: that is the greeting of the stream. */
  #firstArrival = 0;

  constructor(timeline: Timeline, latency: () => number, losesOrder: () => boolean = () => false) {
    this.#timeline = timeline;
    this.#latency = latency;
    this.#losesOrder = losesOrder;
  }

  /** Runs `action` when it has arrived at the other end. */
  carry(action: () => void): void {
    const now = this.#timeline.now();
    const arrival = now + this.#latency();
    const isFirst = this.#firstArrival === 0;
    const isInOrder = isFirst || !this.#losesOrder();
    const at = Math.max(arrival, isInOrder ? this.#lastArrival : this.#firstArrival);
    if (isFirst) this.#firstArrival = at;
    if (isInOrder) this.#lastArrival = at;
    const cancel = this.#timeline.schedule(at - now, () => {
      this.#underWay.delete(cancel);
      action();
    });
    this.#underWay.add(cancel);
  }

  /** Everything that is under way is lost. */
  cut(): void {
    for (const cancel of this.#underWay) cancel();
    this.#underWay.clear();
  }
}
