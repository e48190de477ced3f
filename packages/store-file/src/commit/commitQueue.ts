import type { Batch, RecordVersion } from "@omemo/core";
import type { LogFile } from "../log/logFile.js";
import type { OpenedLog } from "../log/openLog.js";
import type { RecordIndex } from "../log/recordIndex.js";
import type { Rewriter } from "../log/rewriter.js";
import { asStoreFailure } from "../storeFailure.js";
import { type Outcome, planGroup } from "./planGroup.js";
import { type Request, requestFor } from "./request.js";

interface Waiting {
  readonly request: Request;
  settle(outcome: Outcome): void;
}

/**
 * Commits one after another, in the order of the calls. Those that arrive while the disk is busy
 * leave together: one append and one sync for all of them.
 */
export class CommitQueue {
  readonly #log: LogFile;
  readonly #index: RecordIndex;
  readonly #rewriter: Rewriter;
  #sequence: number;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor({ log, index, sequence }: OpenedLog, rewriter: Rewriter) {
    this.#log = log;
    this.#index = index;
    this.#sequence = sequence;
    this.#rewriter = rewriter;
  }

  /** Has copied everything when it returns its promise. */
  commit(batch: Batch): Promise<readonly RecordVersion[]> {
    return new Promise((resolve, reject) => {
      const request = requestFor(batch);
      const settle = (outcome: Outcome): void =>
        outcome instanceof Error ? reject(outcome) : resolve(outcome);
      this.#waiting.push({ request, settle });
      this.#running ??= this.#run();
    });
  }

  /** Resolves once nothing is waiting or being written. */
  async drain(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // Lets calls made in one go form one group.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      await this.#commitGroup(group);
    }
    this.#running = undefined;
  }

  async #commitGroup(group: readonly Waiting[]): Promise<void> {
    try {
      this.#log.assertSound();
      const plan = planGroup(
        group.map(({ request }) => request),
        this.#index,
        this.#sequence,
      );
      if (plan.bytes.length > 0) await this.#log.append(plan.bytes);
      this.#index.apply(plan.operations);
      this.#sequence = plan.sequence;
      for (const [position, { settle }] of group.entries()) {
        settle(plan.outcomes[position] as Outcome);
      }
    } catch (error) {
      const failure = asStoreFailure("write the store", error);
      for (const { settle } of group) settle(failure);
      return;
    }
    this.#sequence = await this.#rewriter.runIfDue(this.#sequence);
  }
}
