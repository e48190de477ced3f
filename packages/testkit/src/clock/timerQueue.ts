/** Something that is due at a virtual time. */
export interface Timer {
  /** Ms since 1970. */
  readonly at: number;
  /** Breaks ties: who asked first comes first. */
  readonly order: number;
  readonly action: () => void;
  isCancelled: boolean;
}

/** A binary heap of timers, earliest first. */
export class TimerQueue {
  readonly #heap: Timer[] = [];
  #order = 0;

  add(at: number, action: () => void): Timer {
    const timer: Timer = { at, order: this.#order, action, isCancelled: false };
    this.#order += 1;
    this.#heap.push(timer);
    this.#rise(this.#heap.length - 1);
    return timer;
  }

  /** The earliest timer that nobody cancelled, left in the queue. */
  peek(): Timer | undefined {
    while (this.#heap[0]?.isCancelled === true) this.#removeFirst();
    return this.#heap[0];
  }

  /** The earliest timer that nobody cancelled, taken out. */
  take(): Timer | undefined {
    const first = this.peek();
    if (first !== undefined) this.#removeFirst();
    return first;
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rise(index: number): void {
    let child = index;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#isEarlier(child, parent)) return;
      this.#swap(child, parent);
      child = parent;
    }
  }

  #sink(index: number): void {
    let parent = index;
    for (;;) {
      let earliest = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < this.#heap.length && this.#isEarlier(child, earliest)) earliest = child;
      }
      if (earliest === parent) return;
      this.#swap(parent, earliest);
      parent = earliest;
    }
  }

  #isEarlier(index: number, other: number): boolean {
    const a = this.#heap[index] as Timer;
    const b = this.#heap[other] as Timer;
    return a.at === b.at ? a.order < b.order : a.at < b.at;
  }

  #swap(index: number, other: number): void {
    const kept = this.#heap[index] as Timer;
    this.#heap[index] = this.#heap[other] as Timer;
    this.#heap[other] = kept;
  }
}
