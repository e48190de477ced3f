import { spawnSync } from "node:child_process";

/**
 * Runs a program to its end and returns what it printed.
 * @throws Error with all of its output when it fails.
 */
export function run(program: string, parameters: readonly string[], folder: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, parameters, {
    cwd: folder,
    encoding: "utf8",
    shell: process.platform === "win32", // there npm and npx are .cmd files
  });
  if (error) throw error;
  if (status !== 0) {
    throw new Error(`${program} ${parameters.join(" ")} failed:\n${stdout}${stderr}`);
  }
  return stdout;
}
