/** One thing that went wrong, or that nobody looked at. */
export interface VectorNote {
  readonly file: string;
  /** Which vector, step or value. */
  readonly what: string;
  readonly reason: string;
}

/** What came of a run. Only what was compared counts as passed. */
export interface VectorReport {
  readonly passed: number;
  readonly failures: readonly VectorNote[];
  readonly notCovered: readonly VectorNote[];
}

/** Collects the results of one file. */
export class VectorChecks {
  readonly file: string;
  #failures: readonly VectorNote[] = [];
  #notCovered: readonly VectorNote[] = [];
  #passed = 0;

  constructor(file: string) {
    this.file = file;
  }

  get report(): VectorReport {
    return {
      passed: this.#passed,
      failures: this.#failures,
      notCovered: this.#notCovered,
    };
  }

  /** Counts as passed when `problem` is `undefined`. */
  check(what: string, problem: string | undefined): void {
    if (problem === undefined) this.#passed += 1;
    else this.#failures = [...this.#failures, { file: this.file, what, reason: problem }];
  }

  /** Counts as neither: the report says that nobody looked. */
  skip(what: string, reason: string): void {
    this.#notCovered = [...this.#notCovered, { file: this.file, what, reason }];
  }

  /** Takes over what was found elsewhere. */
  add({ passed, failures, notCovered }: VectorReport): void {
    this.#passed += passed;
    this.#failures = [...this.#failures, ...failures];
    this.#notCovered = [...this.#notCovered, ...notCovered];
  }
}

/** All results as one. */
export function joinReports(reports: readonly VectorReport[]): VectorReport {
  return {
    passed: reports.reduce((sum, { passed }) => sum + passed, 0),
    failures: reports.flatMap(({ failures }) => failures),
    notCovered: reports.flatMap(({ notCovered }) => notCovered),
  };
}
