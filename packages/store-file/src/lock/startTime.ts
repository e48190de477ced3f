import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

/** When a process started: `ended` when it is there no more, `0` when the system does not tell. */
export type StartTime = (pid: number) => Promise<string>;

/** Linux: clock ticks since the machine started, which no change of the clock moves. */
export async function startTimeFromProc(pid: number): Promise<string> {
  try {
    return parseProcStat(await readFile(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return "0";
  }
}

/** Elsewhere: what `ps` shows, to the second. */
export async function startTimeFromPs(pid: number): Promise<string> {
  const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
  return await new Promise((resolve) => {
    execFile("ps", ["-o", "lstart=", "-p", String(pid)], { env }, (error, output) => {
      const shown = output.trim();
      if (error !== null || shown === "") return resolve("0");
      resolve(createHash("sha256").update(shown).digest("hex").slice(0, 16));
    });
  });
}

/** Fields 3 and 22 of proc_pid_stat(5), counted from the end of the name, which may hold anything. */
export function parseProcStat(stat: string): string {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const isGone = fields[0] === "Z" || fields[0] === "X";
  return isGone ? "ended" : (fields[19] ?? "0");
}
