import type { VirtualClock } from "../clock/virtualClock.js";
import type { CrashPlan, PortName } from "./crashPlan.js";

/** How the answer of a port comes about. */
export interface CallOptions {
  /**
   * The work needs no virtual time, but perhaps turns of the real event loop: the run waits for it,
   * so that its real duration has no influence.
   */
  readonly isHeld: boolean;
  /** Virtual ms from effect to answer. */
  readonly latency: number;
}

/**
 * One process from start to death. All that it awaits goes through `call`; when it is dead, nothing
 * that it began is ever answered, which is what `kill -9` looks like from inside.
 */
export class Life {
  readonly #device: string;
  readonly #number: number;
  readonly #clock: VirtualClock;
  readonly #plan: CrashPlan;
  readonly #onDeath: () => void;
  #points = 0;
  #isAlive = true;

  constructor(
    device: string,
    number: number,
    clock: VirtualClock,
    plan: CrashPlan,
    onDeath: () => void,
  ) {
    this.#device = device;
    this.#number = number;
    this.#clock = clock;
    this.#plan = plan;
    this.#onDeath = onDeath;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Crash points reached so far. */
  get points(): number {
    return this.#points;
  }

  /** Only between events, so that no code of the process is half way through. */
  die(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#onDeath();
  }

  /** One numbered crash point around one operation of a port. */
  call<Value>(
    port: PortName,
    operation: string,
    work: () => Promise<Value>,
    options: CallOptions,
  ): Promise<Value> {
    const point = {
      device: this.#device,
      life: this.#number,
      index: this.#points,
      port,
      operation,
    };
    this.#points += 1;
    return new Promise((resolve, reject) => {
      this.#schedule(0, () => {
        const moment = this.#plan(point);
        if (moment === "before") {
          this.die();
          return;
        }
        const answer = (settle: () => void) => (moment === "after" ? this.die() : settle());
        this.#perform(work, options, (outcome) =>
          answer(() => ("error" in outcome ? reject(outcome.error) : resolve(outcome.value))),
        );
      });
    });
  }

  #perform<Value>(
    work: () => Promise<Value>,
    { isHeld, latency }: CallOptions,
    answer: (outcome: Outcome<Value>) => void,
  ): void {
    let outcome: Outcome<Value> | undefined;
    const release = isHeld ? this.#clock.hold() : () => {};
    const answerIfAny = () => this.#schedule(latency, () => outcome && answer(outcome));
    // The place in line is taken before the work begins: two works answer in the order of their calls.
    if (isHeld) answerIfAny();
    const finish = (result: Outcome<Value>): void => {
      outcome = result;
      release();
      if (!isHeld) answerIfAny();
    };
    work().then(
      (value) => finish({ value }),
      (error: unknown) => finish({ error }),
    );
  }

  /** A listener that a dead process never hears. */
  whileAlive<Argument>(listener: (argument: Argument) => void): (argument: Argument) => void {
    return (argument) => {
      if (this.#isAlive) listener(argument);
    };
  }

  #schedule(delay: number, action: () => void): void {
    this.#clock.schedule(delay, () => {
      if (this.#isAlive) action();
    });
  }
}

type Outcome<Value> = { readonly value: Value } | { readonly error: unknown };
