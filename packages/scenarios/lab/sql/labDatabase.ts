import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Dialect } from "kysely";
import { freePort } from "../harness/freePort.js";
import { LabProcess } from "../harness/labProcess.js";
import { labFile } from "../harness/labPrograms.js";

export type IsolationLevel = "read committed" | "repeatable read" | "serializable";

/** A database server, and how our store reaches it. */
export interface DatabaseKind {
  readonly name: "postgres" | "mariadb";
  /** Shell words that succeed where it is installed. */
  readonly probe: string;
  /** Opens connections of its own; all transactions on them have the level. */
  dialect(url: string, level?: IsolationLevel): Dialect;
}

/** As `canRun` of the other servers: says loudly what is missing, and fails where `CI` is set. */
export function isInstalled({ name, probe }: DatabaseKind): boolean {
  const path = `PATH=$PATH:/usr/sbin; ${probe}`;
  if (spawnSync("sh", ["-c", path], { stdio: "ignore" }).status === 0) return true;
  const reason = `tests on ${name} are NOT run: install the packages in lab/packages.txt`;
  if (process.env.CI !== undefined) throw new Error(reason);
  console.error(`\n!!! ${reason}\n`);
  return false;
}

/** A server on loopback that can be killed, and started again with all its data. */
export class LabDatabase {
  readonly port: number;
  readonly #kind: DatabaseKind;
  readonly #folder: string;
  #keeper: LabProcess;
  #url = "";
  #pid = 0;

  private constructor(kind: DatabaseKind, folder: string, port: number) {
    this.#kind = kind;
    this.#folder = folder;
    this.port = port;
    this.#keeper = this.#run();
  }

  static async start(kind: DatabaseKind): Promise<LabDatabase> {
    const folder = await mkdtemp(join(tmpdir(), `omemo-${kind.name}-`));
    const database = new LabDatabase(kind, folder, await freePort());
    await database.#awaitReadiness();
    return database;
  }

  /** For another port when something stands in between. */
  url(port: number = this.port): string {
    return this.#url.replace(`:${this.port}/`, `:${port}/`);
  }

  /** SIGKILL to the server. */
  async kill(): Promise<void> {
    process.kill(this.#pid, "SIGKILL");
    await this.#keeper.end();
  }

  /** After `kill`. */
  async restart(): Promise<void> {
    this.#keeper = this.#run();
    await this.#awaitReadiness();
  }

  async stop(): Promise<void> {
    await this.#keeper.end();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #run(): LabProcess {
    return new LabProcess({
      name: this.#kind.name,
      program: labFile(`${this.#kind.name}.sh`),
      args: ["run", "--dir", this.#folder, "--port", `${this.port}`],
    });
  }

  async #awaitReadiness(): Promise<void> {
    const { log } = this.#keeper;
    await log.waitFor("its readiness", (event) => event.line === "LAB_READY=1");
    for (const { line } of log.events) {
      const [, name, value = ""] = `${line}`.match(/^(\w+)=(.*)$/) ?? [];
      if (name === "DATABASE_URL") this.#url = value;
      if (name === "LAB_PID") this.#pid = Number(value);
    }
  }
}
