import { createHash, randomBytes } from "node:crypto";
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { systemCode } from "../storeFailure.js";
import { type Owner, type OwnerState, stateByName } from "./owner.js";
import type { Processes } from "./processes.js";
import { type StartTime, startTimeFromProc, startTimeFromPs } from "./startTime.js";

/** The one that Linux itself starts with, PROC_UTS_INIT_INO. */
const FIRST_HOST_NAMESPACE = "4026531838";

/** The processes of this machine. */
export const nodeProcesses: Processes = processesWith(
  process.platform === "linux" ? startTimeFromProc : startTimeFromPs,
);

export function processesWith(startTime: StartTime): Processes {
  const self = async (): Promise<Owner> => ({
    token: randomBytes(8).toString("hex"),
    pid: process.pid,
    start: await startTime(process.pid),
    boot: await boot(),
    space: await space(),
    host: createHash("sha256").update(hostname()).digest("hex").slice(0, 16),
  });

  async function stateOf(owner: Owner): Promise<OwnerState> {
    const byName = stateByName(owner, await self());
    if (byName !== "ask") return byName;
    if (!isThere(owner.pid)) return "ended";
    const start = await startTime(owner.pid);
    if (start === "ended") return "ended";
    // Without both there is no telling whether the id was given to another process.
    return owner.start === "0" || start === "0" || start === owner.start ? "running" : "ended";
  }

  return { self, stateOf };
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== "ESRCH";
  }
}

async function boot(): Promise<string> {
  const id = await readFile("/proc/sys/kernel/random/boot_id", "latin1").catch(() => "0");
  return id.trim().replaceAll("-", "");
}

async function space(): Promise<string> {
  const processIds = await namespace("pid");
  const hostNames = await namespace("uts");
  const isContainer = hostNames !== "" && hostNames !== FIRST_HOST_NAMESPACE;
  return `${isContainer ? "c" : ""}${processIds || "0"}`;
}

/** Its number, from a link like `pid:[4026531836]`; empty where there are none. */
async function namespace(kind: string): Promise<string> {
  const link = await readlink(`/proc/self/ns/${kind}`).catch(() => "");
  return link.replace(/\D/g, "");
}
