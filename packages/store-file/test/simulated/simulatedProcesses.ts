import { type Owner, stateByName } from "../../src/lock/owner.js";
import type { Processes } from "../../src/lock/processes.js";

/** One machine whose processes start and end when the test says so. */
export class SimulatedMachine {
  readonly #running = new Set<number>();
  #lastPid = 0;
  #lastToken = 0;

  /** A new process. */
  start(): SimulatedProcess {
    this.#lastPid += 1;
    const pid = this.#lastPid;
    this.#running.add(pid);
    const self = (): Owner => {
      this.#lastToken += 1;
      const token = this.#lastToken.toString(16);
      return { token, pid, start: "0", boot: "0", space: "0", host: "0" };
    };
    const processes: Processes = {
      self: async () => self(),
      stateOf: async (owner) => {
        const state = stateByName(owner, self());
        if (state !== "ask") return state;
        return this.#running.has(owner.pid) ? "running" : "ended";
      },
    };
    return { processes, end: () => void this.#running.delete(pid) };
  }
}

export interface SimulatedProcess {
  readonly processes: Processes;
  end(): void;
}
