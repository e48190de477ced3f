import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { EventLog, type LabEvent } from "./eventLog.js";

export interface LabCommand {
  /** For errors: whose process this is. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Characters of standard error that are kept. */
const MAX_LOG = 1_000_000;

/** A line that is no event is kept as one, since it is usually the reason for a failure. */
function parseEvent(line: string): LabEvent {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null && "ev" in value) return value as LabEvent;
  } catch {
    // Not JSON: told as it is.
  }
  return { ev: "text", line };
}

/**
 * A child that says one JSON object a line and lives no longer than its standard input: when this
 * process ends, even by SIGKILL, the pipe closes and the child goes.
 */
export class LabProcess {
  readonly log: EventLog;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #complaints = "";
  #hasEnded = false;

  constructor(command: LabCommand) {
    this.log = new EventLog(command.name);
    this.#child = spawn(command.program, command.args, {
      // A session of its own: a signal to the whole test run must not hit it before its pipe closes.
      detached: true,
      env: { ...process.env, ...command.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    // A pipe whose reader was killed says so here; the end is told by "close".
    this.#child.stdin?.on("error", () => {});
    this.#child.stderr?.on("data", (chunk: Buffer) => {
      this.#complaints = (this.#complaints + chunk.toString()).slice(-MAX_LOG);
    });
    if (this.#child.stdout !== null) {
      createInterface({ input: this.#child.stdout }).on("line", (line) =>
        this.log.append(parseEvent(line)),
      );
    }
    this.#ended = new Promise((resolve) => {
      const end = (reason: string) => {
        const said = this.#complaints.slice(-2000);
        this.log.end(`${reason}${said === "" ? "" : `\n${said}`}`);
        this.#hasEnded = true;
        resolve();
      };
      this.#child.once("error", (error) => end(`could not start: ${error.message}`));
      this.#child.once("close", (code, signal) => end(`ended with ${signal ?? code}`));
    });
  }

  /** What it wrote to standard error; of very much the end. */
  get errorOutput(): string {
    return this.#complaints;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  writeLine(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** Closes its standard input and waits until it is gone. */
  async end(): Promise<void> {
    this.#child.stdin?.end();
    await this.#ended;
  }

  /** SIGKILL: it gets no chance to save anything. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }
}
