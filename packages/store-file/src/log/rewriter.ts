import type { CheckedOptions } from "../fileStoreOptions.js";
import { asStoreFailure } from "../storeFailure.js";
import { garbageLength } from "./garbage.js";
import type { LogFile } from "./logFile.js";
import type { RecordIndex } from "./recordIndex.js";

/** Decides when the log is rewritten, and after a rewrite that was given up, when to try again. */
export class Rewriter {
  readonly #log: LogFile;
  readonly #index: RecordIndex;
  readonly #options: CheckedOptions;
  #nextAttempt = 0;

  constructor(log: LogFile, index: RecordIndex, options: CheckedOptions) {
    this.#log = log;
    this.#index = index;
    this.#options = options;
  }

  /** Answers the number of the last entry; never fails, since the log itself knows when it did. */
  async runIfDue(sequence: number): Promise<number> {
    if (!this.#isDue()) return sequence;
    try {
      const rewritten = await this.#log.rewrite(this.#index, sequence);
      if (rewritten.kind === "rewritten") {
        this.#index.compact();
        return rewritten.sequence;
      }
      // Trying at every commit would make a full disk slow as well.
      this.#nextAttempt = this.#log.length * 2;
      throw rewritten.cause;
    } catch (cause) {
      const failure = asStoreFailure("rewrite the store", cause);
      // Apart from us, so that a listener that throws holds up no commit.
      queueMicrotask(() => this.#options.onRewriteFailure(failure));
      return sequence;
    }
  }

  #isDue(): boolean {
    const { length } = this.#log;
    const garbage = garbageLength(length, this.#index);
    const { garbageFloor, garbageShare } = this.#options;
    return length >= this.#nextAttempt && garbage > garbageFloor && garbage > length * garbageShare;
  }
}
